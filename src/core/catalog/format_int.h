/* The snapshot's layout, little-endian. Private to core/catalog.
 *
 *   head      "SLCATLG2" u32 facts  u32 relations  u32 columns  u32 names  u32 parts  u32
 * text_bytes relation  u32 text  u16 schema_n  u16 name_n  u8 flags  u8 read  u8 insert  u8 change
 *             u32 first_column  u32 column_count  u32 oid  u16 problems  u8 kind  u8 zero
 *             the schema's bytes, then the name's, at `text`
 *   column    u32 text  u16 n  u8 type  u8 zero  u16 number  u16 zero
 *   name      u32 text  u16 name_n  u16 schema_n  u32 kind      the name's bytes, then the schema's
 *   part      u32 text  u32 text_n  u32 num  u16 name_n  u16 schema_n  u16 about_n  u8 owner
 *             u8 kind      the bytes of name, schema, about and text follow each other
 *   text      all bytes
 *
 * Relations ascend by (schema, name), names by (kind, name, schema), parts by (owner, name, schema,
 * kind, num, about, text); columns lie in the order of their relations, without gaps.
 */
#ifndef SL_CORE_CATALOG_FORMAT_INT_H
#define SL_CORE_CATALOG_FORMAT_INT_H

enum {
    SL_CATALOG_HEAD_BYTES = 32,
    SL_CATALOG_RELATION_BYTES = 28,
    SL_CATALOG_COLUMN_BYTES = 12,
    SL_CATALOG_NAME_BYTES = 12,
    SL_CATALOG_PART_BYTES = 20,
};
#define SL_CATALOG_MAGIC "SLCATLG2"

#endif
