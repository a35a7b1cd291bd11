CREATE TABLE listing (
    id uuid PRIMARY KEY,
    host_id uuid NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    property_type text NOT NULL,
    city text NOT NULL,
    country text NOT NULL,
    latitude double precision NOT NULL CHECK (latitude BETWEEN -90 AND 90),
    longitude double precision NOT NULL CHECK (longitude BETWEEN -180 AND 180),
    max_guests integer NOT NULL CHECK (max_guests > 0),
    bedrooms integer NOT NULL CHECK (bedrooms >= 0),
    beds integer NOT NULL CHECK (beds > 0),
    bathrooms integer NOT NULL CHECK (bathrooms >= 0),
    amenities text[] NOT NULL,
    price_amount bigint NOT NULL CHECK (price_amount > 0),
    price_currency text NOT NULL CHECK (price_currency ~ '^[A-Z]{3}$'),
    cancellation_policy text NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
-- Ids of version 7 are in the order of their making.
CREATE INDEX listing_of_host ON listing (host_id, id DESC);

-- Read and written as a whole.
CREATE TABLE calendar (
    listing_id uuid PRIMARY KEY REFERENCES listing ON DELETE CASCADE,
    minimum_stay integer NOT NULL CHECK (minimum_stay > 0),
    blocked jsonb NOT NULL,
    seasons jsonb NOT NULL,
    version integer NOT NULL
);
