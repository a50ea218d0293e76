-- One row per transaction of the last days which wrote to Redshift, put in as its last statement.
-- A client whose connection broke during a COMMIT looks here for what became of it. Other engines leave it empty.
create table if not exists commits (
    token varchar(64) not null, -- Random name of the transaction
    committed_at timestamp not null, -- When it was about to commit, UTC
    primary key (token)
)
diststyle all
sortkey (committed_at);
