import { sql, type SQL, type SQLWrapper } from 'drizzle-orm';

/** Whether the text holds what is looked for. The database folds both sides: it may know fewer letters than JavaScript does. */
export function contains(text: SQLWrapper, sought: string): SQL {
  return sql`lower(${text}) like lower(${`%${literal(sought)}%`}) escape '\\'`;
}

export function startsWith(text: SQLWrapper, sought: string): SQL {
  return sql`${text} like ${`${literal(sought)}%`} escape '\\'`;
}

function literal(sought: string): string {
  return sought.replaceAll(/[\\%_]/g, '\\$&');
}
