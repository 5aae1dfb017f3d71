package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Rosters are the lists that results of large targets name their subjects by. A roster is
// the objects of one kind that a snapshot has, each with the digest of its document: what
// dozens of checks say of ten thousand pods then names each pod once, and not in each
// result again. Nil are none: each result is told detail by detail.
type Rosters struct {
	put     func(Document) error
	targets map[string][]*roster
}

// roster is a part of a snapshot's entries, in their order.
type roster struct {
	kind    Kind
	entries []Entry
	digest  Digest // zero until it is made
}

// leastRoster is how many objects a roster has at least. Results of fewer are told detail
// by detail, which is read without another document.
const leastRoster = 256

// NewRosters returns the rosters of snapshots. Each that a result names is handed to put
// before the result is there.
func NewRosters(snapshots []Snapshot, put func(Document) error) *Rosters {
	all := &Rosters{put: put, targets: map[string][]*roster{}}
	for i := range snapshots {
		s := &snapshots[i]
		if _, twice := all.targets[s.Target.ID]; twice {
			all.targets[s.Target.ID] = []*roster{} // a subject could be of either
			continue
		}
		all.targets[s.Target.ID] = rostersOf(s.Entries)
	}
	return all
}

// rostersOf parts entries by kind, and leaves out what is few or not in order.
func rostersOf(entries []Entry) []*roster {
	all := []*roster{}
	for from, to := 0, 0; from < len(entries); from = to {
		kind, sorted := entries[from].Ref.Of(), true
		for to = from + 1; to < len(entries) && entries[to].Ref.Of() == kind; to++ {
			sorted = sorted && entries[to-1].Ref.Compare(entries[to].Ref) <= 0
		}
		if sorted && to-from >= leastRoster {
			all = append(all, &roster{kind: kind, entries: entries[from:to]})
		}
	}
	return all
}

// find returns where a subject stands, looked for from a place on; -1 if it does not.
func (r *roster) find(subject *Ref, from int) int {
	if from < len(r.entries) && r.entries[from].Ref == *subject {
		return from
	}
	n, there := slices.BinarySearchFunc(r.entries[min(from, len(r.entries)):], *subject, func(e Entry, s Ref) int { return e.Ref.Compare(s) })
	if !there {
		return -1
	}
	return from + n
}

// made returns the digest of a roster, and hands it over the first time.
func (r *roster) made(put func(Document) error) (Digest, error) {
	if !r.digest.IsZero() {
		return r.digest, nil
	}
	body := r.appendCanonical(make([]byte, 0, len(r.entries)*usualObject))
	d := NewDocument(Ref{}, body)
	if err := put(d); err != nil {
		return Digest{}, fmt.Errorf("roster of %s: %w", r.kind, err)
	}
	r.digest = d.Digest
	return r.digest, nil
}

// usualObject is what an object mostly takes of a roster, in bytes, or less.
const usualObject = 224

// appendCanonical appends the canonical JSON of a roster, as ReadRoster reads it.
func (r *roster) appendCanonical(b []byte) []byte {
	b = append(b, `{"objects":`...)
	for i := range r.entries {
		e := &r.entries[i]
		b = e.Digest.appendCanonical(append(append(b, "[,"[min(i, 1)]), `{"digest":`...))
		b = appendString(append(b, `,"name":`...), e.Ref.Name)
		if e.Ref.Namespace != "" {
			b = appendString(append(b, `,"namespace":`...), e.Ref.Namespace)
		}
		if e.Ref.UID != "" {
			b = appendString(append(b, `,"uid":`...), e.Ref.UID)
		}
		b = append(b, '}')
	}
	b = append(appendString(append(b, `],"roster":{"group":`...), r.kind.Group), `,"kind":`...)
	return append(appendString(b, r.kind.Kind), `}}`...)
}

// ReadRoster reads a roster: the objects of one kind with the digests of their documents.
func ReadRoster(body []byte) ([]Entry, error) {
	var told struct {
		Objects []struct {
			Digest    Digest `json:"digest"`
			Name      string `json:"name"`
			Namespace string `json:"namespace"`
			UID       string `json:"uid"`
		} `json:"objects"`
		Roster *struct {
			Group string `json:"group"`
			Kind  string `json:"kind"`
		} `json:"roster"`
	}
	if !bytes.HasPrefix(body, []byte(`{"objects":[`)) {
		return nil, errors.New("read roster: it is none")
	}
	if err := json.Unmarshal(body, &told); err != nil {
		return nil, fmt.Errorf("read roster: %w", err)
	}
	if told.Roster == nil {
		return nil, errors.New("read roster: it is none")
	}
	entries := make([]Entry, len(told.Objects))
	for i, o := range told.Objects {
		entries[i] = Entry{Ref: Ref{Group: told.Roster.Group, Kind: told.Roster.Kind, Namespace: o.Namespace, Name: o.Name, UID: o.UID}, Digest: o.Digest}
	}
	return entries, nil
}

// of returns the rosters that the subjects of a result are to be named by: those of which
// it names half the objects or more.
func (t *Rosters) of(r *Result) []*roster {
	if t == nil || len(r.Details) < leastRoster || len(r.Details) > mostAlike {
		return nil
	}
	var worth []*roster
	for _, one := range t.targets[r.Target] {
		from, _ := slices.BinarySearchFunc(r.Details, Ref{Group: one.kind.Group, Kind: one.kind.Kind}, func(d Detail, first Ref) int { return d.Subject.Compare(first) })
		subjects := 0
		for i := from; i < len(r.Details) && r.Details[i].Subject.Of() == one.kind; i++ {
			if i == from || r.Details[i].Subject != r.Details[i-1].Subject {
				subjects++
			}
		}
		if subjects*2 >= len(one.entries) {
			worth = append(worth, one)
		}
	}
	return worth
}
