package reports

import (
	"context"
	"fmt"
	"slices"

	"tickmark/engine"
	"tickmark/engine/network"
	"tickmark/questionnaires"
)

// Network is who can reach whom in one target that was collected, with the analysis that
// answers what its pictures leave out.
type Network struct {
	Segments
	Analysis *network.Analysis
	Seen     questionnaires.TargetSeen
	Snapshot engine.Snapshot
	// PoliciesSeen says whether all NetworkPolicies were seen. Where they were not, what
	// is shown as allowed may be denied, and no default deny is known to be missing.
	PoliciesSeen bool
}

// ReadNetwork reads and analyses what was seen of a target, judged by what the scope
// says. Documents gives the bodies, as the source does.
func ReadNetwork(ctx context.Context, source Source, seen questionnaires.TargetSeen, documents engine.Documents, params engine.Params) (Network, error) {
	s, err := snapshotOf(ctx, source, seen)
	if err != nil {
		return Network{}, err
	}
	n := networkOf(&s, documents, params)
	n.Seen = seen
	return n, ctx.Err()
}

// snapshotOf reads the snapshot of what was seen, which must be the one whose digest the
// history names.
func snapshotOf(ctx context.Context, source Source, seen questionnaires.TargetSeen) (engine.Snapshot, error) {
	s, err := source.Snapshot(ctx, seen.Snapshot)
	if err != nil {
		return s, fmt.Errorf("read snapshot of %s: %w", seen.Target.ID, err)
	}
	if digest, err := s.Digest(); err != nil || digest != seen.Snapshot {
		return s, fmt.Errorf("read snapshot of %s: it was changed, its digest is not %s", seen.Target.ID, seen.Snapshot.Short())
	}
	return s, nil
}

// networkOf analyses the network of a snapshot.
func networkOf(s *engine.Snapshot, documents engine.Documents, params engine.Params) Network {
	view := engine.NewView(s, documents, params)
	a := network.Analyse(view)
	n := Network{Segments: SegmentsOf(a, s.Target, params), Analysis: a, Snapshot: *s, PoliciesSeen: view.Saw(network.PolicyKind)}
	kinds := network.Kinds()
	unseen := slices.DeleteFunc(slices.Clone(s.Gaps), func(g engine.Gap) bool {
		return g.Reason == engine.NotInstalled || !slices.ContainsFunc(kinds, g.Hides)
	})
	n.Segments.Gaps = append(unseen, n.Segments.Gaps...)
	return n
}
