package imports

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/engine/findings"
)

// imported is what came of a file.
type imported struct {
	snapshot engine.Snapshot
	report   findings.Report
	subjects []findings.Subject
	findings []findings.Finding
	bodies   map[engine.Digest]string
}

var clock = time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC)

// importFile imports a file.
func importFile(t testing.TB, f *File) (imported, error) {
	t.Helper()
	got := imported{bodies: map[engine.Digest]string{}}
	f.Now = func() time.Time { return clock }
	var err error
	got.snapshot, err = f.Collect(t.Context(), engine.Intake{Document: func(d engine.Document) error {
		got.bodies[d.Digest] = string(d.Body)
		switch d.Ref.Of() {
		case findings.ReportKind:
			require.NoError(t, json.Unmarshal(d.Body, &got.report))
		case findings.SubjectKind:
			got.subjects = append(got.subjects, decoded[findings.Subject](t, d))
		case findings.FindingKind:
			got.findings = append(got.findings, decoded[findings.Finding](t, d))
		}
		return nil
	}})
	return got, err
}

func decoded[T any](t testing.TB, d engine.Document) T {
	t.Helper()
	var v T
	require.NoError(t, json.Unmarshal(d.Body, &v))
	return v
}

// sample imports one of the samples.
func sample(t testing.TB, name string) imported {
	t.Helper()
	got, err := importFile(t, &File{Path: filepath.Join("testdata", name)})
	require.NoError(t, err, name)
	return got
}

// text imports a file that holds text.
func text(t testing.TB, content string) (imported, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "result")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return importFile(t, &File{Path: path})
}

// lines are findings in a few words each.
func (i imported) lines() []string {
	var all []string
	for _, f := range i.findings {
		all = append(all, strings.TrimSpace(strings.Join([]string{f.Class.String(), f.ID, f.Status.String(), f.Severity.String(), f.Package.Name}, " ")))
	}
	return all
}

// gaps are what could not be understood.
func (i imported) gaps() []string {
	var all []string
	for _, g := range i.snapshot.Gaps {
		all = append(all, g.Cause)
	}
	return all
}
