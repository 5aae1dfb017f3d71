package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schemas is the folder of other bodies' schemas. Stories run elsewhere.
var schemas = func() string {
	dir := os.Getenv("TICKMARK_CORPUS_SCHEMAS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "corpora", "schemas")
	}
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return dir
	}
	return absolute
}()

// valid SCHEMA FILE: a JSON file is valid against a schema of another body. Where the
// schemas are not, it says so.
func valid(ts *testscript.TestScript, neg bool, args []string) {
	path := filepath.Join(schemas, args[0])
	if _, err := os.Stat(path); err != nil {
		ts.Logf("NOT CHECKED: %v (TICKMARK_CORPUS_SCHEMAS names their folder)", err)
		return
	}
	schema, err := jsonschema.NewCompiler().Compile(path)
	ts.Check(err)
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(ts.ReadFile(args[1])))
	ts.Check(err)
	if err := schema.Validate(document); (err != nil) != neg {
		ts.Fatalf("%s against %s: %v", args[1], args[0], err)
	}
}
