"""Private, throw-away servers for the tests: found here, started on free ports, gone when the tests are gone."""
