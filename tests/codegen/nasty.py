"""A database that nobody would make on purpose, in one go: what real ones have, here and there."""

COMMON = """
CREATE TABLE "order" ("id" INTEGER PRIMARY KEY, "select" TEXT NOT NULL, "class" TEXT, "Customer Name" TEXT, "from" INTEGER REFERENCES "order"("id"));
CREATE TABLE countries (code VARCHAR(2) PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE people (
    person_id INTEGER PRIMARY KEY, full_name VARCHAR(50) NOT NULL, manager_id INTEGER REFERENCES people(person_id),
    home_country VARCHAR(2) NOT NULL REFERENCES countries(code), work_country VARCHAR(2) REFERENCES countries(code),
    status TEXT NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'on leave', 'it''s over')),
    balance NUMERIC(10, 2), score REAL, big BIGINT, born DATE, seen TIMESTAMP, version INTEGER, deleted_at TIMESTAMP, "date" DATE
);
CREATE TABLE groups (id INTEGER PRIMARY KEY, title TEXT UNIQUE);
CREATE TABLE people_groups (person INTEGER NOT NULL REFERENCES people(person_id), group_id INTEGER NOT NULL REFERENCES groups(id), PRIMARY KEY (person, group_id));
CREATE TABLE shelves (hall TEXT NOT NULL, number INTEGER NOT NULL, label TEXT, PRIMARY KEY (hall, number));
CREATE TABLE books (isbn TEXT PRIMARY KEY, title TEXT, shelf_hall TEXT, shelf_number INTEGER, owner_id INTEGER REFERENCES people(person_id),
    FOREIGN KEY (shelf_hall, shelf_number) REFERENCES shelves (hall, number));
CREATE TABLE log_lines (at TEXT, line TEXT);
CREATE TABLE log_line (id INTEGER PRIMARY KEY, line TEXT);
CREATE TABLE query (id INTEGER PRIMARY KEY, node TEXT, query_id INTEGER, "Query-Id" INTEGER);
CREATE TABLE "Größen" ("Länge" INTEGER, "1st" TEXT, "%" TEXT, "a b" TEXT UNIQUE NOT NULL);
CREATE TABLE "empty" (id INTEGER PRIMARY KEY);
CREATE TABLE by_name (id INTEGER PRIMARY KEY, country_name TEXT REFERENCES named(name));
CREATE VIEW known_people AS SELECT person_id, full_name FROM people;
INSERT INTO "order" VALUES (1, 'a', 'b', 'c', NULL), (2, 'd', NULL, NULL, 1);
INSERT INTO countries VALUES ('CH', 'Switzerland'), ('FR', 'France');
INSERT INTO people VALUES
    (1, 'Ada', NULL, 'CH', 'FR', 'new', 10.25, 1.5, 5000000000, '1815-12-10', '2024-02-29 12:30:00', 7, '2024-01-01 00:00:00', '2024-01-01'),
    (2, 'Bob', 1, 'FR', NULL, 'it''s over', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO groups VALUES (1, 'one'), (2, NULL);
INSERT INTO people_groups VALUES (1, 1), (2, 1), (2, 2);
INSERT INTO shelves VALUES ('north', 1, 'x'), ('north', 2, NULL), ('south', 1, 'y');
INSERT INTO books VALUES ('978-3-16-148410-0-and-more', 'Notes', 'north', 2, 1), ('short', 'Other', NULL, NULL, NULL);
INSERT INTO log_lines VALUES ('1', 'a'), ('2', 'b');
INSERT INTO log_line VALUES (1, 'x');
INSERT INTO query VALUES (1, 'n', 2, 3);
INSERT INTO "Größen" VALUES (1, 'x', 'y', 'z');
INSERT INTO by_name VALUES (1, 'there');
"""

NAMED = "CREATE TABLE named (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL); INSERT INTO named VALUES (1, 'there');"

SQLITE = (
    NAMED
    + COMMON
    + """
CREATE TABLE oddities (anything, "when" DATETIME, stamp DATETIME, amount NUMERIC(10, 2), flag BOOLEAN, picture BLOB, number INTEGER, doc JSON);
INSERT INTO oddities VALUES (1, '2024-01-01T10:00:00Z', 1700000000, 1.005, 1, x'00ff', 'not a number', '{"a": 1}'), ('b', '2024-01-01', NULL, 2, 0, NULL, 3, NULL);
CREATE TABLE sakila (sakila_id NUMERIC NOT NULL PRIMARY KEY, parent NUMERIC REFERENCES sakila(sakila_id));
INSERT INTO sakila VALUES (1, NULL), (2, 1);
CREATE TABLE "Order Details" (id int identity PRIMARY KEY, price money, "Unit Count" smallint, gone bit NOT NULL DEFAULT '0', level tinyint(1), body BLOB SUB_TYPE TEXT, photo BLOB);
INSERT INTO "Order Details" VALUES (1, 18, 2, '0', 7, 'text', x'00'), (2, 10.5, 3, '1', 1, NULL, NULL);
CREATE TRIGGER "after all" AFTER INSERT ON "Order Details" BEGIN UPDATE "Order Details" SET price = 0 WHERE id = new.id; END;
CREATE VIEW "Sums by Level" AS SELECT level, sum(price) AS total, count(*) AS n, 'v' || level AS name, nullif(1, 1) AS absent FROM "Order Details" GROUP BY level;
CREATE TABLE orphans (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES people(person_id));
CREATE TABLE towns (id INTEGER PRIMARY KEY, name TEXT NOT NULL, code VARCHAR(2));
INSERT INTO towns VALUES (1, 'Mérida', 'a'), (2, CAST(x'4de9' AS TEXT), 'b');
PRAGMA foreign_keys = OFF;
INSERT INTO orphans VALUES (1, 99);
CREATE TABLE alike (x TEXT) ;
INSERT INTO alike VALUES ('same'), ('same');
CREATE VIEW broken AS SELECT missing FROM nowhere;
CREATE VIEW doubles AS SELECT x FROM alike;
"""
)

POSTGRESQL = (
    NAMED
    + COMMON
    + """
CREATE TYPE mood AS ENUM ('sad', 'so-so', 'happy');
CREATE SCHEMA stock;
CREATE TABLE stock.people (id uuid PRIMARY KEY, mood mood NOT NULL, tags text[], doc jsonb, plain json, span interval, address inet,
    picture bytea, code char(5), at timestamptz, clock time, amount numeric, large numeric(30, 10), person_id integer REFERENCES public.people(person_id));
INSERT INTO stock.people VALUES ('0f8fad5b-d9cb-469f-a165-70867728950e', 'so-so', '{a,b}', '{"k": [1]}', '[true]', '1 day', '10.0.0.1',
    'x', 'ab', '2024-02-29 12:30:00+00', '12:30', 1.25, 1.5, 2);
COMMENT ON TABLE stock.people IS 'Those who "work" in the \\ store.';
COMMENT ON COLUMN stock.people.mood IS 'How they feel';
CREATE TABLE stock.items (id bigserial PRIMARY KEY, kind text CHECK (kind IN ('a', 'b')), keeper uuid REFERENCES stock.people(id), total double precision GENERATED ALWAYS AS (1.5) STORED);
INSERT INTO stock.items (kind, keeper) VALUES ('a', '0f8fad5b-d9cb-469f-a165-70867728950e'), (NULL, NULL);
CREATE MATERIALIZED VIEW stock.kinds AS SELECT kind, count(*) AS number FROM stock.items GROUP BY kind;
CREATE TABLE alike (x TEXT);
INSERT INTO alike VALUES ('same'), ('same');
CREATE DOMAIN year AS integer CHECK (VALUE > 1900);
CREATE DOMAIN flag AS boolean NOT NULL;
CREATE TABLE employee (employeeid integer PRIMARY KEY, hired year, retired flag, rate real, password text, home point);
CREATE TABLE sale (saleid integer, employeeid integer NOT NULL REFERENCES employee, salespersonid integer REFERENCES employee,
    at date NOT NULL, matrix integer[][], PRIMARY KEY (saleid, at)) PARTITION BY RANGE (at);
CREATE TABLE sale_early PARTITION OF sale FOR VALUES FROM (MINVALUE) TO ('2022-01-01');
CREATE TABLE sale_late PARTITION OF sale FOR VALUES FROM ('2022-01-01') TO (MAXVALUE);
INSERT INTO employee VALUES (1, 1999, false, 9.8, 'abc', '(1,2)');
INSERT INTO sale VALUES (7, 1, NULL, '2021-06-01', '{{1,2},{3,4}}'), (8, 1, 1, '2022-06-01', NULL);
"""
)

_ON_MYSQL = (
    # Identifiers have other quotes, and keys of texts a length.
    (NAMED + COMMON)
    .replace('"', "`")
    .replace("TIMESTAMP", "DATETIME")
    .replace("name TEXT UNIQUE", "name VARCHAR(50) UNIQUE")
    .replace("title TEXT UNIQUE", "title VARCHAR(50) UNIQUE")
    .replace("hall TEXT", "hall VARCHAR(50)")
    .replace("isbn TEXT", "isbn VARCHAR(50)")
    .replace("shelf_hall TEXT", "shelf_hall VARCHAR(50)")
    .replace("country_name TEXT", "country_name VARCHAR(50)")
    .replace("`a b` TEXT", "`a b` VARCHAR(50)")
)

MYSQL = (
    _ON_MYSQL
    + """
CREATE TABLE values_of_all_kinds (
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY COMMENT 'Counts up', tiny TINYINT UNSIGNED, flag TINYINT(1) NOT NULL, several TINYINT(1), small INT UNSIGNED, large BIGINT UNSIGNED,
    bits BIT(1), more_bits BIT(9), exact DECIMAL(12, 3) UNSIGNED, huge DECIMAL(40, 10), single FLOAT, twice DOUBLE, mood ENUM('sad', 'so-so', 'it''s') NOT NULL,
    tags SET('a', 'b'), doc JSON, born YEAR, clock TIME, day DATE, never DATE, at DATETIME(6), stamp TIMESTAMP(3) NULL, photo BLOB, digest BINARY(4),
    code CHAR(5), name VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_german1_ci, exact_name VARCHAR(20) COLLATE utf8mb4_nopad_bin, place POINT, doubled INT AS (tiny * 2) VIRTUAL,
    address INET6, status VARCHAR(9) CHECK (status IN ('on', 'it''s off'))
) COMMENT 'Those who "work" in the \\\\ store.';
SET sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+02:00';
INSERT INTO values_of_all_kinds (tiny, flag, several, small, large, bits, more_bits, exact, huge, single, twice, mood, tags, doc, born, clock, day, never, at, stamp, photo, digest, code, name, exact_name, place, address, status)
    VALUES (200, 1, 7, 5, 18446744073709551615, b'1', b'100000001', 1.25, 12345678901234567890.5, 9.8, 1.5, 'so-so', 'a,b', '{"k": [1]}', 1999, '-30:00:01', '1815-12-10', '0000-00-00',
        '2024-02-29 12:30:00.000001', '2024-02-29 12:30:00.5', x'00ff', x'00ff00ff', 'ab', 'Ärger', 'A', POINT(1, 2), '::1', 'it''s off'),
    (NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'sad', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'ärger ', 'a', NULL, NULL, NULL);
CREATE TABLE digests (digest BINARY(4) PRIMARY KEY, parent BINARY(4) REFERENCES digests(digest), note TEXT);
INSERT INTO digests VALUES (x'00ff00ff', NULL, 'first'), (x'ff00ff00', x'00ff00ff', 'second');
CREATE TABLE parts (maker CHAR(3), number INT, PRIMARY KEY (maker, number)) COLLATE utf8mb4_general_ci;
CREATE TABLE orders (id INT PRIMARY KEY, maker CHAR(3) NOT NULL, number INT NOT NULL, FOREIGN KEY (maker, number) REFERENCES parts (maker, number));
INSERT INTO parts VALUES ('abc', 1), ('abd', 1);
INSERT INTO orders VALUES (1, 'abc', 1), (2, 'abd', 1);
CREATE TABLE alike (x TEXT);
INSERT INTO alike VALUES ('same'), ('same');
CREATE VIEW totals AS SELECT maker, count(*) AS number, sum(number) AS total FROM orders GROUP BY maker;
CREATE VIEW broken AS SELECT x AS y FROM alike;
ALTER TABLE alike CHANGE x z TEXT;
CREATE TABLE regions (code VARCHAR(3) PRIMARY KEY);
CREATE TABLE towns (id INT PRIMARY KEY, region VARCHAR(3) NOT NULL REFERENCES regions(code));
INSERT INTO regions VALUES ('CH');
INSERT INTO towns VALUES (1, 'CH'), (2, 'ch');
CREATE TABLE dangling (id INT PRIMARY KEY, person_id INT NOT NULL, CONSTRAINT dangles FOREIGN KEY (person_id) REFERENCES people (person_id));
SET foreign_key_checks = 0;
INSERT INTO dangling VALUES (1, 99);
"""
)
