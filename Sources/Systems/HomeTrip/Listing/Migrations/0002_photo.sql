-- The bytes of one upload, in pieces of 64 KiB (the last may be shorter). Nobody shows a content before all of it is there.
CREATE TABLE photo_content (
    id uuid PRIMARY KEY,
    media_type text NOT NULL,
    begun_at timestamptz NOT NULL DEFAULT now(),
    -- When it was replaced: those who read it just then may go on for a while.
    dropped_at timestamptz,
    byte_count integer
);
CREATE TABLE photo_piece (
    content_id uuid NOT NULL REFERENCES photo_content ON DELETE CASCADE,
    number integer NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (content_id, number)
);
-- Images are compressed already.
ALTER TABLE photo_piece ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TABLE photo (
    listing_id uuid NOT NULL REFERENCES listing ON DELETE CASCADE,
    number integer NOT NULL CHECK (number BETWEEN 1 AND 20),
    content_id uuid NOT NULL UNIQUE REFERENCES photo_content,
    PRIMARY KEY (listing_id, number)
);
