extension PostgresMigration {
    /// The tables of the platform itself.
    static let platform = [
        PostgresMigration(
            number: 1,
            name: "outbox",
            sql: """
                CREATE TABLE vigie_outbox (
                    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                    id uuid NOT NULL UNIQUE,
                    type text NOT NULL,
                    key text NOT NULL,
                    payload jsonb NOT NULL,
                    headers jsonb NOT NULL,
                    created_at timestamptz NOT NULL DEFAULT now()
                );
                """
        ),
        PostgresMigration(
            number: 2,
            name: "idempotency",
            sql: """
                CREATE TABLE vigie_idempotency (
                    key text NOT NULL,
                    route text NOT NULL,
                    principal text NOT NULL,
                    request_hash bytea NOT NULL,
                    status integer,
                    headers jsonb,
                    body bytea,
                    expires_at timestamptz NOT NULL,
                    PRIMARY KEY (key, route, principal)
                );
                CREATE INDEX vigie_idempotency_expiry ON vigie_idempotency (expires_at);
                """
        ),
        PostgresMigration(
            number: 3,
            name: "publication",
            sql: """
                ALTER TABLE vigie_outbox ADD COLUMN published_at timestamptz;
                CREATE INDEX vigie_outbox_waiting ON vigie_outbox (position) WHERE published_at IS NULL;
                """
        ),
    ]
}
