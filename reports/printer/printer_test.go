package printer

import (
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
	"tickmark/reports/export"
)

func TestAFileIsReplacedWholeOrNotAtAll(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "report.pdf")
	require.NoError(t, os.WriteFile(path, []byte("last year's"), 0o600))
	require.NoError(t, write(t.Context(), path, []byte("this year's")))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "this year's", string(text))

	taken := filepath.Join(folder, "taken")
	require.NoError(t, os.MkdirAll(filepath.Join(taken, "below"), 0o700))
	require.ErrorContains(t, write(t.Context(), taken, []byte("x")), "write report")
	require.ErrorContains(t, write(t.Context(), filepath.Join(folder, "absent", "x.pdf"), []byte("x")), "write report")
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Len(t, left, 2, "nothing is left over")
}

// What cannot be written is told by the name that was asked for, and why.
func TestWhatCannotBeWrittenIsNamedAsAsked(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "file"), nil, 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(folder, "closed"), 0o500))
	full := filepath.Join(folder, "full.pdf")
	for path, says := range map[string]string{
		filepath.Join(folder, "absent", "x.pdf"): "there is no folder " + filepath.Join(folder, "absent"),
		filepath.Join(folder, "file", "x.pdf"):   filepath.Join(folder, "file") + " is no folder",
		filepath.Join(folder, "closed", "x.pdf"): "no file may be made in the folder " + filepath.Join(folder, "closed") + ": permission denied",
	} {
		err := write(t.Context(), path, []byte("x"))
		if strings.Contains(path, "closed") && os.Geteuid() == 0 {
			continue // the superuser writes everywhere
		}
		require.EqualError(t, err, "write report "+path+": "+says)
		if strings.Contains(path, "closed") {
			continue // that nothing may be made there is seen when it is
		}
		_, err = Print(t.Context(), &broken{}, Request{Out: path})
		require.EqualError(t, err, "write report "+path+": "+says, "before anything is made")
		seal := func(context.Context, io.Writer, func(io.Writer) error) error { return nil }
		err = Request{Package: &Package{Path: path, Seal: seal}}.placeable()
		require.EqualError(t, err, "write package "+path+": "+says)
	}
	err := place(t.Context(), "report", full, func(io.Writer) error { return &fs.PathError{Op: "read", Path: "/else", Err: errBroken} })
	require.EqualError(t, err, "write report "+full+": read /else: broken", "another file keeps its name")
	assert.NoFileExists(t, full)
	require.NoError(t, os.MkdirAll(filepath.Join(full, "below"), 0o700))
	require.EqualError(t, write(t.Context(), full, nil), "write report "+full+": file exists")
	longest := filepath.Join(folder, strings.Repeat("a", 251)+".pdf")
	require.NoError(t, write(t.Context(), longest, []byte("x")), "no longer than names get")
}

func TestAPackageThatCouldNotBeWrittenLeavesTheOneBefore(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "record.zip")
	require.NoError(t, os.WriteFile(path, []byte("PK\x03\x04 the one before"), 0o600))
	r := Request{Package: &Package{Path: path, Seal: func(_ context.Context, w io.Writer, _ func(io.Writer) error) error {
		_, err := w.Write(make([]byte, 1<<20))
		return errors.Join(err, errBroken)
	}}}
	_, err := r.pack(t.Context(), paper{})
	require.ErrorIs(t, err, errBroken)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "PK\x03\x04 the one before", string(text))
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Len(t, left, 1, "nothing is left over")
	assert.ErrorContains(t, r.placeable(), "replaces nothing", "it may be a vault")
}

func TestNothingButAPDFIsReplaced(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"shop.vault": "age-encryption.org/v1\n", "identity.txt": "AGE-SECRET-KEY", "short": "%PD", "old.pdf": "%PDF-1.7\n", "empty": "",
	} {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		if name == "old.pdf" || name == "empty" {
			assert.NoError(t, replaceable(path, export.PDF), name)
			continue
		}
		assert.ErrorContains(t, replaceable(path, export.PDF), "it is not replaced", name)
		_, err := Print(t.Context(), &broken{}, Request{Out: path})
		assert.ErrorContains(t, err, "it is not replaced")
	}
	assert.NoError(t, replaceable(filepath.Join(folder, "new.pdf"), export.PDF))
	assert.ErrorContains(t, replaceable(folder, export.PDF), "no regular file")
}

// broken is a vault that cannot be read.
type broken struct{ appended int }

var errBroken = errors.New("broken")

func (b *broken) History(context.Context) (*questionnaires.History, error) { return nil, errBroken }

func (b *broken) Snapshot(context.Context, engine.Digest) (engine.Snapshot, error) {
	return engine.Snapshot{}, errBroken
}

func (b *broken) Run(context.Context, engine.Digest) (engine.Run, error) {
	return engine.Run{}, errBroken
}

func (b *broken) Documents(context.Context) engine.Documents { return nil }

func (b *broken) ReadOnly() bool { return false }

func (b *broken) Append(context.Context, ...questionnaires.Draft) ([]questionnaires.Entry, error) {
	b.appended++
	return nil, nil
}

func TestNothingIsWrittenOrNotedOfAReportThatWasNotMade(t *testing.T) {
	v, out := &broken{}, filepath.Join(t.TempDir(), "report.pdf")
	_, err := Print(t.Context(), v, Request{Out: out})
	require.ErrorIs(t, err, errBroken)
	assert.NoFileExists(t, out)
	assert.Zero(t, v.appended)
}

// desk is a vault in memory that remembers what was noted.
type desk struct {
	broken
	entries  []questionnaires.Entry
	payloads map[engine.Digest][]byte
	noted    []questionnaires.Draft
}

func (d *desk) History(context.Context) (*questionnaires.History, error) {
	return questionnaires.NewHistory(d.entries, func(e questionnaires.Entry) ([]byte, error) { return d.payloads[e.ID], nil })
}

func (d *desk) Append(_ context.Context, drafts ...questionnaires.Draft) ([]questionnaires.Entry, error) {
	d.noted = append(d.noted, drafts...)
	return nil, nil
}

func (d *desk) sign(t *testing.T, s *questionnaires.Signer, draft questionnaires.Draft) {
	t.Helper()
	var vault engine.Digest
	var tips []engine.Digest
	if len(d.entries) > 0 {
		vault, tips = d.entries[0].ID, []engine.Digest{d.entries[len(d.entries)-1].ID}
	}
	e, payload, err := questionnaires.SignEntry(s, vault, tips, draft, time.Date(2026, 5, 4, 9, len(d.entries), 0, 0, time.UTC))
	require.NoError(t, err)
	d.entries, d.payloads[e.ID] = append(d.entries, e), payload
}

// printable is a desk with an assessment that a report can be made of.
func printable(t *testing.T) (*desk, *questionnaires.Catalogue, *questionnaires.Signer) {
	t.Helper()
	mara, err := questionnaires.NewSigner("Mara Lindqvist", ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), engine.Digest{})
	require.NoError(t, err)
	catalogue, err := pci.Catalogue()
	require.NoError(t, err)
	d := &desk{payloads: map[engine.Digest][]byte{}}
	founding, err := questionnaires.NewVault("Copperline Outfitters", mara)
	require.NoError(t, err)
	d.sign(t, mara, founding)
	assessment, err := questionnaires.NewAssessment(catalogue, questionnaires.AssessmentDetails{ID: "a1", Questionnaire: "saq-a"})
	require.NoError(t, err)
	d.sign(t, mara, assessment)
	return d, catalogue, mara
}

// interruptible is a desk at which somebody presses Ctrl-C when a file has just been written.
type interruptible struct {
	*desk
	written func()
}

func (d interruptible) ReadOnly() bool { d.written(); return false }

func (d interruptible) Append(ctx context.Context, drafts ...questionnaires.Draft) ([]questionnaires.Entry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return d.desk.Append(ctx, drafts...)
}

// Whenever a report is called off, there is none; or it stands whole, and the vault knows of
// it: what is not noted would be a stranger's to whoever verifies it.
func TestAReportThatIsCalledOffIsNotThereOrNoted(t *testing.T) {
	for _, format := range []export.Format{export.PDF, export.XLSX, export.JSON} {
		for _, when := range []string{"reading the evidence", "composing", "drawing the pages", "written", "never"} {
			d, catalogue, _ := printable(t)
			ctx, cancel := context.WithCancel(t.Context())
			at := func(part string) {
				if part == when {
					cancel()
				}
			}
			out := filepath.Join(t.TempDir(), "report")
			_, err := Print(ctx, interruptible{d, func() { at("written") }}, Request{
				Assessment: "a1", Catalogue: catalogue, Out: out, Tell: func(s Step) { at(s.Part) }, Export: export.Options{Format: format},
			})
			cancel()
			left, readErr := os.ReadDir(filepath.Dir(out))
			require.NoError(t, readErr)
			there := when == "written" || when == "never" || when == "drawing the pages" && format != export.PDF
			if there {
				require.NoError(t, err, "%s %s", format, when)
				assert.FileExists(t, out)
				assert.Len(t, d.noted, 1, "%s %s", format, when)
				continue
			}
			require.ErrorIs(t, err, context.Canceled, "%s %s", format, when)
			assert.Empty(t, left, "%s %s", format, when)
			assert.Empty(t, d.noted, "%s %s", format, when)
		}
	}
}

// The side log says which numbers a report gave to evidence: from a signed one on
// they never move.
func TestPrintingNotesTheNumbersPrinted(t *testing.T) {
	d, catalogue, mara := printable(t)
	d.sign(t, mara, questionnaires.Draft{Action: questionnaires.EvidenceAttached, Subject: "evidence", Payload: questionnaires.Evidence{
		ID: "00000000000000000000000000000007", Number: 3, Title: "Policy", File: &questionnaires.FileSource{Name: "policy.md"},
	}})
	_, err := Print(t.Context(), d, Request{Assessment: "a1", Catalogue: catalogue, Out: filepath.Join(t.TempDir(), "report.pdf")})
	require.NoError(t, err)
	require.Len(t, d.noted, 1)
	report, is := d.noted[0].Payload.(questionnaires.PrintedReport)
	require.True(t, is)
	assert.Equal(t, []questionnaires.PrintedNumber{{ID: "00000000000000000000000000000007", Number: 3}}, report.Evidence)
}
