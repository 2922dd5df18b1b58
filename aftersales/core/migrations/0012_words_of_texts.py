"""How a text is cut into words for the search: the same as `core.finding.asked`."""

from django.db import migrations

MAKE = r"""
CREATE FUNCTION search_words(said text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ARRAY(
        SELECT substr(found.run[1], at, 2)
          FROM regexp_matches(said, '([\u3400-\u9fff]{2,})', 'g') AS found(run),
               generate_series(1, length(found.run[1]) - 1) AS at
        UNION
        SELECT found.run[1]
          FROM regexp_matches(lower(said COLLATE "C"), '([a-z0-9]{2,})', 'g') AS found(run)
         WHERE found.run[1] !~ '^[0-9]+$' AND found.run[1] !~ '[0-9]{7}'
    )
$$
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0011_parked_messages_are_found")]

    operations = [migrations.RunSQL(MAKE, "DROP FUNCTION search_words(text)")]
