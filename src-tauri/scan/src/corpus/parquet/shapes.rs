//! What the parquet crate reads of the thrift structures of a parquet file, and as what.
//!
//! It takes a field it knows for what the format says, whatever type the file gives it. So [`thrift`](super::thrift) has to
//! know the same fields, else it would look over other bytes than those that are then read. A field that is not here is
//! passed over by both. Names and numbers are those of `parquet.thrift`.

/// What a field has to be. Integers of all widths but one byte are written alike.
#[derive(Debug, Clone, Copy)]
pub(super) enum Is {
    Bool,
    Byte,
    Int,
    Double,
    Bytes,
    List(&'static Is),
    Of(&'static Shape),
}

/// The known fields of a structure, by number.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) name: Name,
    pub(super) fields: &'static [(i16, Is)],
}

/// Structures of which more is wanted than that they can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    Page,
    DataPage,
    Dictionary,
    DataPageV2,
    SchemaElement,
    Other,
}

use Is::{Bool, Byte, Bytes, Double, Int, List, Of};

const fn other(fields: &'static [(i16, Is)]) -> Shape {
    Shape { name: Name::Other, fields }
}

/// Of which nothing is known.
pub(super) static UNKNOWN: Shape = other(&[]);

pub(super) static PAGE: Shape = Shape {
    name: Name::Page,
    fields: &[
        (1, Int),
        (2, Int),
        (3, Int),
        (4, Int),
        (5, Of(&DATA_PAGE)),
        (6, Of(&UNKNOWN)),
        (7, Of(&DICTIONARY)),
        (8, Of(&DATA_PAGE_V2)),
    ],
};

static DATA_PAGE: Shape = Shape {
    name: Name::DataPage,
    fields: &[(1, Int), (2, Int), (3, Int), (4, Int), (5, Of(&STATISTICS))],
};

static DICTIONARY: Shape =
    Shape { name: Name::Dictionary, fields: &[(1, Int), (2, Int), (3, Bool)] };

static DATA_PAGE_V2: Shape = Shape {
    name: Name::DataPageV2,
    fields: &[
        (1, Int),
        (2, Int),
        (3, Int),
        (4, Int),
        (5, Int),
        (6, Int),
        (7, Bool),
        (8, Of(&STATISTICS)),
    ],
};

static STATISTICS: Shape = other(&[
    (1, Bytes),
    (2, Bytes),
    (3, Int),
    (4, Int),
    (5, Bytes),
    (6, Bytes),
    (7, Bool),
    (8, Bool),
    (9, Int),
]);

/// `FileMetaData`.
pub(super) static FOOTER: Shape = other(&[
    (1, Int),
    (2, List(&Of(&SCHEMA_ELEMENT))),
    (3, Int),
    (4, List(&Of(&ROW_GROUP))),
    (5, List(&Of(&KEY_VALUE))),
    (6, Bytes),
    (7, List(&Of(&COLUMN_ORDER))),
]);

static SCHEMA_ELEMENT: Shape = Shape {
    name: Name::SchemaElement,
    fields: &[
        (1, Int),
        (2, Int),
        (3, Int),
        (4, Bytes),
        (5, Int),
        (6, Int),
        (7, Int),
        (8, Int),
        (9, Int),
        (10, Of(&LOGICAL_TYPE)),
    ],
};

static LOGICAL_TYPE: Shape = other(&[
    (1, Of(&UNKNOWN)),
    (2, Of(&UNKNOWN)),
    (3, Of(&UNKNOWN)),
    (4, Of(&UNKNOWN)),
    (5, Of(&DECIMAL)),
    (6, Of(&UNKNOWN)),
    (7, Of(&TIME)),
    (8, Of(&TIME)),
    (10, Of(&INTEGER)),
    (11, Of(&UNKNOWN)),
    (12, Of(&UNKNOWN)),
    (13, Of(&UNKNOWN)),
    (14, Of(&UNKNOWN)),
    (15, Of(&UNKNOWN)),
    (16, Of(&VARIANT)),
    (17, Of(&GEOMETRY)),
    (18, Of(&GEOGRAPHY)),
    (19, Of(&UNKNOWN)),
]);

static DECIMAL: Shape = other(&[(1, Int), (2, Int)]);
static TIME: Shape = other(&[(1, Bool), (2, Of(&TIME_UNIT))]);
static TIME_UNIT: Shape = other(&[(1, Of(&UNKNOWN)), (2, Of(&UNKNOWN)), (3, Of(&UNKNOWN))]);
static INTEGER: Shape = other(&[(1, Byte), (2, Bool)]);
static VARIANT: Shape = other(&[(1, Byte)]);
static GEOMETRY: Shape = other(&[(1, Bytes)]);
static GEOGRAPHY: Shape = other(&[(1, Bytes), (2, Int)]);

static ROW_GROUP: Shape = other(&[
    (1, List(&Of(&COLUMN_CHUNK))),
    (2, Int),
    (3, Int),
    (4, List(&Of(&SORTING_COLUMN))),
    (5, Int),
    (7, Int),
]);

static SORTING_COLUMN: Shape = other(&[(1, Int), (2, Bool), (3, Bool)]);

static COLUMN_CHUNK: Shape =
    other(&[(1, Bytes), (2, Int), (3, Of(&COLUMN)), (4, Int), (5, Int), (6, Int), (7, Int)]);

/// `ColumnMetaData`.
static COLUMN: Shape = other(&[
    (1, Int),
    (2, List(&Int)),
    (4, Int),
    (5, Int),
    (6, Int),
    (7, Int),
    (9, Int),
    (10, Int),
    (11, Int),
    (12, Of(&STATISTICS)),
    (13, List(&Of(&ENCODING_STATS))),
    (14, Int),
    (15, Int),
    (16, Of(&SIZES)),
    (17, Of(&GEOSPATIAL)),
]);

static ENCODING_STATS: Shape = other(&[(1, Int), (2, Int), (3, Int)]);
static SIZES: Shape = other(&[(1, Int), (2, List(&Int)), (3, List(&Int))]);
static GEOSPATIAL: Shape = other(&[(1, Of(&BOX)), (2, List(&Int))]);
static BOX: Shape = other(&[
    (1, Double),
    (2, Double),
    (3, Double),
    (4, Double),
    (5, Double),
    (6, Double),
    (7, Double),
    (8, Double),
]);
static KEY_VALUE: Shape = other(&[(1, Bytes), (2, Bytes)]);
static COLUMN_ORDER: Shape = other(&[(1, Of(&UNKNOWN)), (2, Of(&UNKNOWN)), (3, Of(&UNKNOWN))]);
