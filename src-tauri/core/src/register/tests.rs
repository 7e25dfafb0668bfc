//! Properties of what needs no store: calendar lines, years, pages.
