/* The snapshot's layout, little-endian. Private to core/catalog.
 *
 *   head      "SLCATLG1" u32 facts  u32 relations  u32 columns  u32 names  u32 text_bytes  u32 zero
 *   relation  u32 text  u16 schema_n  u16 name_n  u8 flags  u8 read  u8 insert  u8 change
 *             u32 first_column  u32 column_count        the schema's bytes, then the name's, at
 * `text` column    u32 text  u16 n  u8 type  u8 zero name      u32 text  u16 name_n  u16 schema_n
 * u32 kind         the name's bytes, then the schema's text      all bytes
 *
 * Relations ascend by (schema, name), names by (kind, name, schema), columns lie in the order of
 * their relations, without gaps.
 */
#ifndef SL_CORE_CATALOG_FORMAT_INT_H
#define SL_CORE_CATALOG_FORMAT_INT_H

enum {
    SL_CATALOG_HEAD_BYTES = 32,
    SL_CATALOG_RELATION_BYTES = 20,
    SL_CATALOG_COLUMN_BYTES = 8,
    SL_CATALOG_NAME_BYTES = 12,
};
#define SL_CATALOG_MAGIC "SLCATLG1"

#endif
