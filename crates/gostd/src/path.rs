//! path and path/filepath: Clean, Join, Base, Ext, Match.
