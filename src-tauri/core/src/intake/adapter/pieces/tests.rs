//! Taking files apart.
