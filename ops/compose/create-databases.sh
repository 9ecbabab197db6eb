#!/bin/sh
# PostgreSQL runs this once, when its volume is empty: a role and a database for the order records, and a role for Temporal.
set -eu
psql --set ON_ERROR_STOP=1 --set password="$POSTGRES_PASSWORD" --username postgres <<'SQL'
create role payins login password :'password';
create database payins owner payins;
create role temporal login createdb password :'password';
SQL
