//! These need `xmllint` on the machine, as the feature does.
