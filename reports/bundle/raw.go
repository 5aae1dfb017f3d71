package bundle

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// Raw is a collected result in the clear: what was found of each subject, where it came
// from, and the documents that it cites.
type Raw struct {
	Evidence   questionnaires.Evidence `json:"evidence"`
	Result     engine.Result           `json:"result"`
	Provenance engine.Snapshot         `json:"provenance"`
	Policy     string                  `json:"policy,omitempty"` // the text of a check of the organisation's own
	// Documents are the cited ones by digest; Files, in a bundle, where they stand instead.
	Documents map[string]json.RawMessage `json:"documents,omitempty"`
	Files     map[string]string          `json:"files,omitempty"`
	Expunged  map[string]string          `json:"expunged"` // cited, and gone
	cites     []engine.Digest
}

// ResultOf reads the result that an item of evidence is, without its documents.
func ResultOf(ctx context.Context, source Source, history *questionnaires.History, item questionnaires.Evidence) (Raw, error) {
	snapshot, err := source.Snapshot(ctx, item.Result.Snapshot)
	if err != nil {
		return Raw{}, err
	}
	return rawOf(ctx, source, history, snapshot, item)
}

func rawOf(ctx context.Context, source Source, history *questionnaires.History, snapshot engine.Snapshot, item questionnaires.Evidence) (Raw, error) {
	raw := Raw{Evidence: item, Provenance: snapshot, Expunged: map[string]string{}}
	var err error
	if raw.Result, err = item.Result.Read(func(d engine.Digest) ([]byte, error) { return source.Body(ctx, d) }); err != nil {
		return Raw{}, fmt.Errorf("read %s: %w", item.Label(), err)
	}
	raw.Provenance.Entries = nil // those of a whole cluster are not the provenance of one result
	if raw.Result.Custom != nil {
		text, err := source.Body(ctx, raw.Result.Custom.Definition)
		if err != nil {
			return Raw{}, err
		}
		raw.Policy = string(text)
	}
	seen := map[engine.Digest]bool{}
	for _, detail := range raw.Result.Details {
		for _, digest := range detail.Cites {
			if seen[digest] {
				continue
			}
			seen[digest] = true
			if t, gone := history.Tombstone(digest); gone {
				raw.Expunged[digest.String()] = t.String()
				continue
			}
			raw.cites = append(raw.cites, digest)
		}
	}
	return raw, nil
}

// WithDocuments reads the documents that the result cites.
func (r Raw) WithDocuments(ctx context.Context, source Source) (Raw, error) {
	r.Documents = map[string]json.RawMessage{}
	for _, digest := range r.cites {
		body, err := source.Body(ctx, digest)
		if err != nil {
			return Raw{}, err
		}
		r.Documents[digest.String()] = body
	}
	return r, nil
}

func (r Raw) encode(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	return e.Encode(r)
}
