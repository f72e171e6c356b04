//! What a chart server keeps: blobs, and rows about them.
