package reports_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/reports"
)

var update = flag.Bool("update", false, "write the golden files")

func text(t *testing.T, doc reports.Document) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, reports.Text(&b, doc))
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), got, "run the test with -update and read the difference")
}

func TestRecordGolden(t *testing.T) {
	golden(t, "record.txt", text(t, done(t).compose()))
}

func TestRecordOfNothingLeavesNoBlanks(t *testing.T) {
	golden(t, "empty.txt", text(t, newEngagement(t).compose()))
}

func TestWhatARoleCouldNotSeeIsPrintedWithTheChecksThatNeededIt(t *testing.T) {
	printed := text(t, done(t).compose())
	_, after, found := strings.Cut(printed, "What could not be seen\n====")
	require.True(t, found)
	chapter, _, _ := strings.Cut(after, "Responses\n====")
	for _, want := range []string{"NetworkPolicy.networking.k8s.io", "[forbidden]", "networkpolicies.networking.k8s.io is forbidden", "Evidence-2", "default-deny"} {
		assert.Contains(t, chapter, want)
	}
}

func TestTextFromOutsideActsNowhere(t *testing.T) {
	printed := text(t, done(t).compose())
	assert.NotContains(t, printed, "\x1b")
	assert.Contains(t, printed, "api‹U+001B›[31m")
}

func TestDraftUntilNothingIsOpen(t *testing.T) {
	assert.Equal(t, "3 problems are open; not issued: fieldwork", done(t).compose().Draft)
	e := settled(t)
	assert.Equal(t, "not issued: fieldwork", e.compose().Draft)
	e.issue()
	doc := e.compose()
	assert.Empty(t, doc.Draft)
	printed := text(t, doc)
	assert.NotContains(t, printed, "DRAFT")
	assert.Contains(t, printed, "No problem is open.")
}

func TestConclusionIsAPersonsOrNone(t *testing.T) {
	e := done(t)
	assert.Equal(t, "no conclusion recorded", cover(t, e.compose()).Pill.Text)
	draft, err := e.assessment().Conclude(questionnaires.Conclusion{Result: "Non-compliant, partial", Person: "Ida Holm"})
	require.NoError(t, err)
	e.write(e.mara, draft)
	doc := e.compose()
	assert.Equal(t, "Non-compliant, partial", cover(t, doc).Pill.Text)
	assert.Contains(t, text(t, doc), "concluded by Ida Holm")
}

func cover(t *testing.T, doc reports.Document) reports.Cover {
	t.Helper()
	c, ok := doc.Blocks[0].(reports.Cover)
	require.True(t, ok)
	return c
}

func TestNeverTitledLikeAnOfficialPaper(t *testing.T) {
	for _, code := range []string{"saq-a", "saq-d-merchant", "roc"} {
		e := newEngagement(t)
		e.id = e.newID()
		draft, err := questionnaires.NewAssessment(e.catalogue, questionnaires.AssessmentDetails{ID: e.id, Questionnaire: code, Name: "Shop"})
		require.NoError(t, err)
		e.write(e.mara, draft)
		printed := text(t, e.compose())
		assert.NotContains(t, printed, "Report on Compliance", code)
		assert.NotContains(t, printed, "Attestation of Compliance", code)
		assert.Contains(t, printed, "no official form of the PCI Security Standards Council", code)
	}
}

func TestEveryLinkHasItsTarget(t *testing.T) {
	for _, doc := range everyPaper(t) {
		anchors := map[string]bool{}
		var wanted []reports.Link
		for _, b := range doc.Blocks {
			switch b := b.(type) {
			case reports.Heading:
				anchors[b.Anchor] = true
			case reports.Table:
				for _, row := range b.Rows {
					anchors[row.Anchor] = true
					require.Len(t, row.Cells, len(b.Columns))
					for _, c := range row.Cells {
						wanted = append(wanted, c.Links...)
					}
				}
			}
		}
		for _, l := range wanted {
			assert.True(t, anchors[l.To], "%s leads to %s", l.Text, l.To)
		}
		if doc.Kind.IsRecord() || doc.Kind == reports.Binder {
			assert.Greater(t, len(wanted), 5)
		}
	}
}

func TestOrderOfEntriesDoesNotMatter(t *testing.T) {
	for _, e := range []*engagement{done(t), wholeSelf(t), wholeAssessed(t)} {
		want := e.compose()
		for seed := range uint64(3) {
			rand.New(rand.NewPCG(seed, 1)).Shuffle(len(e.entries), func(i, j int) { e.entries[i], e.entries[j] = e.entries[j], e.entries[i] })
			assert.Equal(t, want, e.compose())
		}
	}
}

func TestPrintingDoesNotChangeWhatIsPrinted(t *testing.T) {
	e := done(t)
	want := e.compose()
	e.write(e.jonas, questionnaires.Draft{Action: questionnaires.ReportPrinted, Assessment: e.id, Subject: "record", Payload: map[string]string{}})
	assert.Equal(t, want, e.compose())
}

func TestAnswersGivenSideBySideAreBothPrinted(t *testing.T) {
	e := done(t)
	before := e.entries
	e.answer(e.mara, questionnaires.Answer{Requirement: id("8.3.9"), Response: questionnaires.NotApplicable, Narrative: "No passwords."})
	mine := e.entries[len(e.entries)-1]
	e.entries = before
	e.answer(e.jonas, questionnaires.Answer{Requirement: id("8.3.9"), Response: questionnaires.NotInPlace, Narrative: "Not yet."})
	e.entries = append(e.entries, mine)
	printed := text(t, e.compose())
	assert.Contains(t, printed, "Beside it stands: Not Applicable, Mara Lindqvist")
	assert.Contains(t, printed, "several people wrote")
}

func TestNoReportIsOlderThanItsEvidence(t *testing.T) {
	e := done(t)
	_, err := reports.Load(context.Background(), e, e.catalogue, e.id, time.Date(2026, 11, 1, 23, 0, 0, 0, time.UTC))
	require.ErrorContains(t, err, "dated 2026-11-01")
	d, err := reports.Load(context.Background(), e, e.catalogue, e.id, time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC))
	require.NoError(t, err, "a date alone means the whole day")
	assert.Equal(t, 2026, d.Date.Year())

	// An entry of the next day, and evidence of the day after it by another clock.
	e.now = e.now.AddDate(0, 0, 1)
	e.answer(e.mara, questionnaires.Answer{Requirement: id("8.3.9"), Response: questionnaires.NotInPlace, Narrative: "Seen."})
	_, err = reports.Load(context.Background(), e, e.catalogue, e.id, time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC))
	require.ErrorContains(t, err, "the newest entry is of 2026-11-03")
	e.write(e.mara, questionnaires.Draft{Action: questionnaires.EvidenceAttached, Subject: "evidence", Payload: questionnaires.Evidence{
		ID: e.newID(), Number: 9, Title: "Read by a clock that was ahead", Collected: e.now.AddDate(0, 0, 1),
		File: &questionnaires.FileSource{Digest: engine.Sum([]byte("ahead")), Name: "ahead.txt"},
	}})
	_, err = reports.Load(context.Background(), e, e.catalogue, e.id, time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC))
	require.ErrorContains(t, err, "is of 2026-11-04")
}

func TestChangedEvidenceIsRefused(t *testing.T) {
	e := done(t)
	for _, item := range e.evidence {
		if r := item.Result; r != nil && r.Verdict == engine.Fail {
			e.bodies[r.Digest] = bytes.Replace(e.bodies[r.Digest], []byte(`"verdict":"fail"`), []byte(`"verdict":"pass"`), -1)
		}
	}
	_, err := reports.Load(context.Background(), e, e.catalogue, e.id, time.Time{})
	require.ErrorContains(t, err, "was changed")

	e = done(t)
	for d, s := range e.snapshots {
		s.Gaps = nil
		e.snapshots[d] = s
	}
	_, err = reports.Load(context.Background(), e, e.catalogue, e.id, time.Time{})
	require.ErrorContains(t, err, "was changed")
}

func TestManifestNamesHeadAndDigests(t *testing.T) {
	e := done(t)
	doc := e.compose()
	var m reports.Manifest
	require.NoError(t, json.Unmarshal(doc.Manifest, &m))
	assert.Equal(t, doc.Head, m.Head.String())
	require.Len(t, m.Evidence, 5)
	assert.Nil(t, m.Evidence[3].Expunged)
	require.NotNil(t, m.Evidence[4].Expunged, "what was expunged is listed in its place")
	assert.Equal(t, e.evidence[4].Digest(), m.Evidence[4].Digest)
	assert.Equal(t, "A card number stood on it", m.Evidence[4].Expunged.Reason)
	assert.Equal(t, "Jonas Feld", m.Evidence[4].Expunged.Author.Name)
	assert.Equal(t, e.evidence[0].Digest(), m.Evidence[0].Digest)
	assert.Equal(t, "system:serviceaccount:audit:tickmark", m.Evidence[0].Collector)
	assert.Len(t, m.Answers, 5)
}

// An expunged result stays with its verdict, and without what it said; so does the
// result whose document is gone, and says so.
func TestExpungedResultIsPrintedWithoutItsDetails(t *testing.T) {
	e := done(t)
	h, err := e.History(context.Background())
	require.NoError(t, err)
	draft, err := h.ExpungeDocument(e.evidence[0].Digest(), "A password stood in a field")
	require.NoError(t, err)
	require.Contains(t, text(t, e.compose()), "The container is privileged.")
	e.write(e.mara, draft)
	h, err = e.History(context.Background())
	require.NoError(t, err)
	draft, err = h.ExpungeDocument(cited, "A password stood in it")
	require.NoError(t, err)
	e.write(e.mara, draft)
	printed := text(t, e.compose())
	assert.NotContains(t, printed, "The container is privileged.")
	assert.Contains(t, printed, "(expunged)")
	assert.Contains(t, strings.Join(strings.Fields(printed), " "), "A password stood in it)")
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain {nb} text": "plain {nb} text",
		"a\r\nb\rc":       "a\nb\nc",
		"a\tb":            "a    b",
		"\x00\x1b[2J\x7f": "‹U+0000›‹U+001B›[2J‹U+007F›",
		"pay\u202egnp":    "pay‹U+202E›gnp",
		"zero\u200bwidth": "zero‹U+200B›width",
		"bad\xffbyte":     "bad\ufffdbyte",
		"para\u2029graph": "para\ngraph",
		"c1 \u009b31m":    "c1 ‹U+009B›31m",
		"none \ufffe":     "none ‹U+FFFE›",
	} {
		assert.Equal(t, want, reports.Clean(in), "%q", in)
		assert.Equal(t, want, reports.Clean(want), "cleaning twice changes nothing")
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\x1b[31m\u202e\xff\U0001F600{nb}")
	f.Fuzz(func(t *testing.T, s string) {
		c := reports.Clean(s)
		assert.Equal(t, c, reports.Clean(c))
		assert.NotContains(t, c, "\x1b")
		assert.NotContains(t, c, "\u202e")
		doc := reports.Document{Blocks: []reports.Block{reports.Paragraph{Text: s}, reports.Callout{Title: s, Items: []string{s}}}}
		require.NoError(t, reports.Text(&bytes.Buffer{}, doc))
	})
}
