package reports

import (
	"context"
	"fmt"
	"slices"

	"tickmark/engine"
)

// Origins is where the subjects of what did not pass were read, by the snapshot that
// holds them: files with lines, or requests.
type Origins map[engine.Digest]map[engine.Ref][]string

// Origins reads where the subjects of details that are no pass were read.
func (d *Dossier) Origins(ctx context.Context, source Source) (Origins, error) {
	origins := Origins{}
	for _, item := range d.Items {
		for _, detail := range item.Details {
			refs := origins[item.Result.Snapshot]
			if refs == nil {
				refs = map[engine.Ref][]string{}
				origins[item.Result.Snapshot] = refs
			}
			refs[detail.Subject.WithoutUID()] = nil
		}
	}
	for digest, refs := range origins {
		s, err := source.Snapshot(ctx, digest)
		if err != nil {
			return nil, fmt.Errorf("read origins: snapshot %s: %w", digest.Short(), err)
		}
		OriginsIn(&s, refs)
	}
	return origins, nil
}

// OriginsIn adds to refs, which name their objects without UID, where each was read.
func OriginsIn(s *engine.Snapshot, refs map[engine.Ref][]string) {
	for _, e := range s.Entries {
		ref := e.Ref.WithoutUID()
		if found, wanted := refs[ref]; wanted && e.Origin != "" {
			refs[ref] = append(found, e.Origin)
		}
	}
	for _, found := range refs {
		slices.Sort(found)
	}
}
