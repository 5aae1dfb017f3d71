package reports_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tickmark/reports"
)

// dossier reads what a kind is composed of.
func (e *engagement) dossier(kind reports.Kind) reports.Dossier {
	e.t.Helper()
	d, err := reports.Load(context.Background(), e, e.catalogue, e.id, time.Time{})
	require.NoError(e.t, err)
	d.Kind = kind
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
