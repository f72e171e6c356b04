//! Chart repositories: the file of repositories, indexes, their cache, searching.
