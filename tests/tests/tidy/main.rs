//! The rules of the house, each as a test. A rule that only stands in a document is a wish.
//! They read the checkout and never change it.

#[cfg(test)]
mod crates;
#[cfg(test)]
mod files;
#[cfg(test)]
mod house;
#[cfg(test)]
mod licences;
#[cfg(test)]
mod migrations;
#[cfg(test)]
mod rooms;
#[cfg(test)]
mod source;
#[cfg(test)]
mod window;
