//! Reports are whole or absent, whatever happens to the run or to the disk.
