//! No secret that goes over the wire, or stands in the settings, stands in anything that the program leaves behind: every
//! output is read in every way in which it may be written, and searched for each of them.

mod debug;
mod encodings;
mod forms;
mod hunt;
mod runs;
mod shown;
mod wire;
