import CanteenSQL
import CanteenTestSupport
import Postgres
import Testing

/// Holds the migrated catalogue to the rules that let the same schema run on a distributed engine.
@Suite("the catalogue", .database)
struct CatalogueTests {
  /// Runs a query that names what breaks a rule, and expects it to name nothing.
  private func expectNone(
    _ query: SQL, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let found = try await TestDatabase.current.database.query(query, as: String.self)
    #expect(found == [], sourceLocation: sourceLocation)
  }

  @Test("every table has a placement, and every placement a table")
  func everyTableIsPlaced() async throws {
    try await expectNone(
      """
      select coalesce(c.relname::text, p.table_name)
      from (
          select relname
          from pg_class
          where relnamespace = 'public'::regnamespace
              and relkind in ('r', 'p')
              and not relispartition
              and relname <> 'schema_migrations'
      ) as c
      full join table_placements as p on p.table_name = c.relname::text
      where c.relname is null or p.table_name is null
      """)
  }

  @Test("a diner's tables have diner_id first in every primary key and unique index")
  func dinerFirstInKeys() async throws {
    try await expectNone(
      """
      select i.indexrelid::regclass::text
      from pg_index as i
      join pg_class as c on c.oid = i.indrelid
      join table_placements as p on p.table_name = c.relname::text
      join pg_attribute as a on a.attrelid = c.oid and a.attnum = i.indkey[0]
      where p.placement = 'diner' and i.indisunique and a.attname <> 'diner_id'
      """)
  }

  @Test("a diner's tables have diner_id first in every foreign key to another diner's table")
  func dinerFirstInForeignKeys() async throws {
    try await expectNone(
      """
      select k.conname::text
      from pg_constraint as k
      join table_placements as p on p.table_name = k.conrelid::regclass::text
      join table_placements as q on q.table_name = k.confrelid::regclass::text
      join pg_attribute as a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
      join pg_attribute as b on b.attrelid = k.confrelid and b.attnum = k.confkey[1]
      where k.contype = 'f'
          and p.placement = 'diner'
          and q.placement <> 'reference'
          and (q.placement <> 'diner' or a.attname <> 'diner_id' or b.attname <> 'diner_id')
      """)
  }

  @Test("reference tables point at reference tables only")
  func referencesStayAmongThemselves() async throws {
    try await expectNone(
      """
      select k.conname::text
      from pg_constraint as k
      join table_placements as p on p.table_name = k.conrelid::regclass::text
      join table_placements as q on q.table_name = k.confrelid::regclass::text
      where k.contype = 'f' and p.placement = 'reference' and q.placement <> 'reference'
      """)
  }

  @Test("there are no triggers, deferrable constraints, materialized views or integer identities")
  func nothingThatDoesNotTravel() async throws {
    try await expectNone(
      """
      select 'trigger ' || tgname from pg_trigger where not tgisinternal
      union all
      select 'deferrable ' || conname
      from pg_constraint
      where condeferrable and connamespace = 'public'::regnamespace
      union all
      select 'materialized view ' || relname
      from pg_class
      where relkind = 'm' and relnamespace = 'public'::regnamespace
      union all
      select 'identity ' || attrelid::regclass || '.' || attname
      from pg_attribute
      where attidentity <> '' and atttypid <> 'bigint'::regtype
      """)
  }

  @Test("the application's role changes no row of any table, and locks by lock_word alone")
  func applicationRoleAppends() async throws {
    try await expectNone(
      """
      select c.relname || ' ' || r.privilege
      from pg_class as c
      cross join unnest(array['update', 'delete', 'truncate']) as r (privilege)
      where c.relnamespace = 'public'::regnamespace
          and c.relkind in ('r', 'p')
          and has_table_privilege('canteen_app', c.oid, r.privilege)
      union all
      select c.relname || '.' || a.attname
      from pg_class as c
      join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relnamespace = 'public'::regnamespace
          and c.relkind in ('r', 'p')
          and a.attname <> 'lock_word'
          and has_column_privilege('canteen_app', c.oid, a.attnum, 'update')
      """)
  }

  @Test("every constraint has a name that somebody chose")
  func constraintsAreNamed() async throws {
    try await expectNone(
      """
      select conname::text
      from pg_constraint
      where connamespace = 'public'::regnamespace
          and conparentid = 0
          and not exists (
              select from pg_class as c where c.oid = conrelid and c.relispartition
          )
          and conname ~ '_(key|fkey|pkey|check|excl)[0-9]*$'
      """)
  }

  @Test(
    "every migration begins with the two settings of the distributed engine",
    arguments: CanteenSQL.migrations)
  func migrationsBegin(migration: CanteenSQL.Migration) {
    let lines = migration.text.split(separator: "\n", omittingEmptySubsequences: false).prefix(2)
    #expect(
      lines == [
        "set local citus.multi_shard_modify_mode to 'sequential';",
        "set local citus.create_object_propagation to 'immediate';",
      ], "\(migration.name)")
  }
}
