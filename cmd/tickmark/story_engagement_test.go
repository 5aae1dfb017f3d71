package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"tickmark/questionnaires/pci"
)

// requests VAULT COUNT OWNER FOLDER: asks the client for as many things, each for
// another requirement of a Report on Compliance, and writes into a folder what the
// client sends for them.
func requestsOf(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: requests VAULT COUNT OWNER FOLDER")
	}
	catalogue, err := pci.Catalogue()
	ts.Check(err)
	form, _ := catalogue.Questionnaire("roc")
	folder := ts.MkAbs(args[3])
	ts.Check(os.MkdirAll(folder, 0o700))
	var count int
	_, err = fmt.Sscan(args[1], &count)
	ts.Check(err)
	for i, id := range slices.Clone(form.Requirements)[:count] {
		ts.Check(ts.Exec("tickmark", "request", args[0], "add", "--what", "What shows "+id.String(), "--requirement", id.String(), "--owner", args[2], "--due", ts.Getenv("LATER")))
		name := fmt.Sprintf("Req-%d - shown.txt", i+1)
		ts.Check(os.WriteFile(filepath.Join(folder, name), []byte("What the client shows of "+id.String()+".\n"), 0o600))
	}
}

// passes VAULT [SECTION]...: whoever is there passes these sections of an assessment,
// without one all of a Report on Compliance.
func passesAll(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: passes VAULT [SECTION]...")
	}
	sections := args[1:]
	if len(sections) == 0 {
		sections = strings.Fields("engagement scope evidence records 1 2 3 4 5 6 7 8 9 10 11 12 A1 A2")
	}
	for _, section := range sections {
		ts.Check(ts.Exec("tickmark", "assessment", args[0], "review", section, "--pass", "--yes", "all"))
	}
}
