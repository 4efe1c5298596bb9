import type { ReactNode } from "react";

export type Column<Row> = {
  label: string;
  /** Shown instead of the label in the header; the label still names the cell. */
  header?: ReactNode;
  numeric?: boolean;
  /** On a wide screen its words stay on one line: dates, ids. */
  unbroken?: boolean;
  cell: (row: Row) => ReactNode;
};

type Props<Row> = {
  caption: string;
  columns: Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  /** Whether the caption is shown; it is always announced. */
  captioned?: boolean;
};

/** A table that becomes a list of cards on a narrow screen. The roles are explicit, because `display` takes them away. */
export function DataTable<Row>({ caption, columns, rows, keyOf, captioned = false }: Props<Row>) {
  return (
    // biome-ignore-start lint/a11y/noRedundantRoles: a changed display removes the native roles
    <table className="data" role="table">
      <caption className={captioned ? "" : "visually-hidden"}>{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((column) => (
            <th key={column.label} role="columnheader" scope="col" data-numeric={column.numeric || undefined}>
              {column.header ?? column.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={keyOf(row)} role="row">
            {columns.map((column) => (
              <td
                key={column.label}
                role="cell"
                data-label={column.label}
                data-numeric={column.numeric || undefined}
                data-unbroken={column.unbroken || undefined}
              >
                <span>{column.cell(row)}</span>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
    // biome-ignore-end lint/a11y/noRedundantRoles: as above
  );
}
