-- What a boot's monotonic clock must be added to for the wall clock's time, once that could be trusted.
ALTER TABLE boots ADD COLUMN clock_offset INTEGER;  -- microseconds; NULL: no trusted time in this boot yet
