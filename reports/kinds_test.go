package reports_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/reports"
	"tickmark/reports/pdf"
)

// dossier reads what a kind is composed of.
func (e *engagement) dossier(kind reports.Kind) reports.Dossier {
	e.t.Helper()
	d, err := reports.Load(context.Background(), e, e.catalogue, e.id, time.Time{})
	require.NoError(e.t, err)
	d.Kind = kind
	if kind == reports.Binder {
		require.NoError(e.t, d.Prove(context.Background(), e, func([]byte) bool { return false }))
	}
	return d
}

func (e *engagement) composeKind(kind reports.Kind) reports.Document {
	e.t.Helper()
	doc, err := reports.Compose(e.dossier(kind))
	require.NoError(e.t, err)
	return doc
}

func TestSummaryGolden(t *testing.T) {
	golden(t, "summary.txt", text(t, done(t).composeKind(reports.Summary)))
}

func TestSummaryOfNothingLeavesNoBlanks(t *testing.T) {
	golden(t, "summary-empty.txt", text(t, newEngagement(t).composeKind(reports.Summary)))
}

func TestBinderGolden(t *testing.T) {
	e := done(t)
	e.bodies[cited] = []byte("a namespace")
	golden(t, "evidence.txt", text(t, e.composeKind(reports.Binder)))
}

func TestBinderOfNothingLeavesNoBlanks(t *testing.T) {
	golden(t, "evidence-empty.txt", text(t, newEngagement(t).composeKind(reports.Binder)))
}

// attachText takes in a file that is text, as far as it was searched.
func (e *engagement) attachText(name, body string, search *engine.Contents) {
	e.t.Helper()
	item := questionnaires.Evidence{
		ID: e.newID(), Number: e.history().LastNumber(questionnaires.OtherEvidence) + 1, Title: name, Collected: e.now,
		File: &questionnaires.FileSource{Digest: engine.Sum([]byte(body)), Name: name, Size: int64(len(body)), Obtained: "provided by the entity", Search: search},
	}
	e.bodies[item.File.Digest] = []byte(body)
	e.write(e.mara, questionnaires.Draft{Action: questionnaires.EvidenceAttached, Subject: "evidence", Payload: item})
}

func TestTheBinderPrintsOnlyWhatWasSearchedAndHoldsNothing(t *testing.T) {
	clean := &engine.Contents{Version: "1", Read: 100}
	for _, one := range []struct {
		name, body string
		search     *engine.Contents
		says       string
		printed    bool
	}{
		{"rules.csv", "port,owner\n443,web team", clean, "443,web team", true},
		{"never.csv", "port,owner\n8443,ops team", nil, "not searched", false},
		{"half.csv", "port,owner\n8443,ops team", &engine.Contents{Version: "1", Read: 4, Unread: []engine.Unread{{Place: "page 2", Why: "encrypted"}}}, "searched in part", false},
		{"held.csv", "port,owner\n8443,ops team", &engine.Contents{Version: "1", Read: 100, Hits: []engine.Hit{{Kind: "card-number", Place: "line 2", Count: 1}}}, "quarantined", false},
		{"missed.csv", "paid with 4111 1111 1111 1111, ops team", clean, "looks like a card number", false},
		{"picture.bin", "\x00\x01ops team", clean, "it is no text", false},
		{"long.csv", strings.Repeat("ops team\n", 40_000), clean, "of no more than", false},
		{"turned.csv", "web team \u202efdp", clean, "‹U+202E›", true},
	} {
		e := newEngagement(t)
		e.attachText(one.name, one.body, one.search)
		printed := text(t, e.composeKind(reports.Binder))
		assert.Contains(t, strings.Join(strings.Fields(printed), " "), one.says, one.name)
		assert.Equal(t, one.printed, strings.Contains(printed, "web team"), one.name)
		assert.NotContains(t, printed, "ops team", one.name)
	}
}

// crowded is an engagement in which there is much of everything.
func crowded(t *testing.T, files int) reports.Dossier {
	t.Helper()
	d := done(t).dossier(reports.Summary)
	item := d.Items[3]
	for i := range files {
		more := item
		more.ID, more.Number, more.Title = questionnaires.ID(fmt.Sprintf("%032x", 1000+i)), 1000+i, fmt.Sprintf("File %d", i)
		more.Kind, more.Collected = questionnaires.EvidenceKind(i%len(questionnaires.EvidenceKinds())), item.Collected.AddDate(0, 0, -i%1200)
		d.Items = append(d.Items, more)
	}
	for i := range 50 {
		target := d.Targets[0]
		target.ID, target.Name = fmt.Sprintf("k8s:%d", i), fmt.Sprintf("cluster-%d", i)
		d.Targets = append(d.Targets, target)
	}
	return d
}

func TestTheSummaryStaysAFewPages(t *testing.T) {
	d := crowded(t, 5000)
	doc, err := reports.Compose(d)
	require.NoError(t, err)
	for _, paper := range []pdf.Paper{pdf.A4, pdf.Letter} {
		var b bytes.Buffer
		l, err := pdf.Write(context.Background(), &b, doc, pdf.Options{Paper: paper})
		require.NoError(t, err)
		assert.LessOrEqual(t, l.Pages, 6)
	}
	assert.Contains(t, text(t, doc), "and 47 more")
}

func TestTheBinderListsAllAndPrintsAPart(t *testing.T) {
	e := newEngagement(t)
	for i := range 302 {
		e.attachText(fmt.Sprintf("file-%d.txt", i), fmt.Sprintf("content number %d", i), &engine.Contents{Version: "1", Read: 9})
	}
	printed := text(t, e.composeKind(reports.Binder))
	assert.Equal(t, 300, strings.Count(printed, "content number "))
	assert.Contains(t, strings.Join(strings.Fields(printed), " "), "Of 302 items 300 are printed in full")
	assert.Contains(t, printed, "file-301.txt")
}

func TestEveryKindPrintsTheSameWhateverTheOrderItIsReadIn(t *testing.T) {
	e := done(t)
	for _, kind := range reports.KindsOf(e.assessment().Questionnaire) {
		want := text(t, e.composeKind(kind))
		for range 3 {
			shuffled := *e
			shuffled.entries = slices.Clone(e.entries)
			rand.Shuffle(len(shuffled.entries), func(i, j int) {
				shuffled.entries[i], shuffled.entries[j] = shuffled.entries[j], shuffled.entries[i]
			})
			assert.Equal(t, want, text(t, shuffled.composeKind(kind)), kind.String())
		}
	}
}
