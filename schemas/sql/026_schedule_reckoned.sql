-- When next_at was reckoned, by the clock that it was reckoned by. One that was ahead and was set right leaves it in the future: then
-- next_at may lie days away, and is reckoned anew.
ALTER TABLE schedule ADD COLUMN reckoned_at timestamptz NOT NULL DEFAULT now();
