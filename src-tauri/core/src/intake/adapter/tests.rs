//! Adapters against shapes of every kind.
