"""Two warehouses, table by table: what is equal, and which rows are not."""
