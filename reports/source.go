package reports

import (
	"context"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// Source is where a dossier is read from. A vault is one without knowing it; so is
// anything else that holds a history and what was collected for it.
type Source interface {
	// History returns the signed history.
	History(ctx context.Context) (*questionnaires.History, error)
	// Snapshot returns the snapshot with a digest that the history names.
	Snapshot(ctx context.Context, digest engine.Digest) (engine.Snapshot, error)
	// Documents returns the bodies of what snapshots and the history name: documents of
	// objects, and results.
	Documents(ctx context.Context) engine.Documents
}
