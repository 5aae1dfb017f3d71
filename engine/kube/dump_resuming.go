package kube

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"tickmark/engine"
)

// How much of a dump is kept at once: files are many and small.
const (
	partBytes = 16 << 20
	partFiles = 2000
)

// fileMark tells a file of a dump from what it was before.
type fileMark struct {
	Name  string    `json:"name"`
	Size  int64     `json:"size"`
	Saved time.Time `json:"saved"`
}

// dated reports whether the time of a file tells it from another: archives without
// times say 1970 or 1980.
func (m fileMark) dated() bool { return m.Saved.Year() >= firstCluster }

// readFile is what was read of one file: what a reader has to know that passes over it.
type readFile struct {
	fileMark
	Entries  []engine.Entry `json:"-"`       // they are the part's, one file after the other
	Count    int            `json:"entries"` // how many of those
	Gaps     []engine.Gap   `json:"gaps,omitempty"`
	Redacted map[string]int `json:"redacted,omitempty"`
	Lists    int            `json:"lists,omitempty"`
	Cluster  string         `json:"cluster,omitempty"`
	Version  string         `json:"version,omitempty"` // of the server
	Covers   covering       `json:"covers"`
}

// covering is a coverage as it is kept.
type covering struct {
	Lists  []coveredKind `json:"lists,omitempty"`
	Owners []ownerKept   `json:"owners,omitempty"`
	Served []engine.Kind `json:"served,omitempty"`
	Custom bool          `json:"custom,omitempty"`
	Signs  []signKept    `json:"signs,omitempty"`
}

type signKept struct {
	sign
	Where string `json:"where"`
}

type coveredKind struct {
	Kind       engine.Kind `json:"kind"`
	Cluster    bool        `json:"cluster,omitempty"`
	Namespaces []string    `json:"namespaces,omitempty"`
	Files      []string    `json:"files,omitempty"`
}

type ownerKept struct {
	Kind  engine.Kind `json:"kind"`
	UID   string      `json:"uid,omitempty"`
	Name  string      `json:"name,omitempty"`
	Where string      `json:"where"`
}

// kept returns what c says, in an order.
func (c *coverage) kept() covering {
	k := covering{Custom: c.custom}
	for of, seen := range c.seen {
		k.Lists = append(k.Lists, coveredKind{of, seen.cluster, slices.Sorted(maps.Keys(seen.namespaces)), seen.files})
	}
	for o, where := range c.owners {
		k.Owners = append(k.Owners, ownerKept{o.of, o.uid, o.name, where})
	}
	for of := range c.served {
		k.Served = append(k.Served, of)
	}
	for s, where := range c.signs {
		k.Signs = append(k.Signs, signKept{s, where})
	}
	slices.SortFunc(k.Signs, func(a, b signKept) int { return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.Value, b.Value)) })
	slices.SortFunc(k.Lists, func(a, b coveredKind) int { return compareKinds(a.Kind, b.Kind) })
	slices.SortFunc(k.Owners, func(a, b ownerKept) int {
		return compareOwners(owner{a.Kind, a.UID, a.Name}, owner{b.Kind, b.UID, b.Name})
	})
	slices.SortFunc(k.Served, compareKinds)
	return k
}

// take adds what was kept of another.
func (c *coverage) take(k covering) {
	c.custom = c.custom || k.Custom
	for _, l := range k.Lists {
		seen := c.seen[l.Kind]
		if seen == nil {
			seen = &covered{namespaces: map[string]bool{}}
			c.seen[l.Kind] = seen
		}
		seen.cluster = seen.cluster || l.Cluster
		seen.files = append(seen.files, l.Files...)
		for _, namespace := range l.Namespaces {
			seen.namespaces[namespace] = true
		}
	}
	for _, o := range k.Owners {
		if key := (owner{o.Kind, o.UID, o.Name}); c.owners[key] == "" {
			c.owners[key] = o.Where
		}
	}
	for _, s := range k.Signs {
		if c.signs == nil {
			c.signs = map[sign]string{}
		}
		if c.signs[s.sign] == "" {
			c.signs[s.sign] = s.Where
		}
	}
	for _, of := range k.Served {
		if c.served == nil {
			c.served = map[engine.Kind]bool{}
		}
		c.served[of] = true
	}
}

func newCoverage(whole bool) coverage {
	return coverage{whole: whole, seen: map[engine.Kind]*covered{}, owners: map[owner]string{}}
}

// saving is what a collection of a dump keeps while it reads, and what one that was
// interrupted before it had read.
type saving struct {
	source  string
	begun   time.Time
	earlier map[string]readFile
	since   []readFile // not kept yet
	bytes   int64
	most    int // files that are kept at once
	adopted map[engine.Kind]int
}

// resume looks what an interrupted collection of the same paths had read, by the same
// rules. A name that stands there twice is read again.
func (d *dumpReader) resume(of *Dump) error {
	d.saving = saving{begun: d.snapshot.Started, earlier: map[string]readFile{}, adopted: map[engine.Kind]int{}, most: cmp.Or(of.files, partFiles)}
	if d.to.Parts == nil {
		return nil
	}
	var whole []fileMark // archives, whose members may have the same times in each
	for _, p := range of.Paths {
		if info, err := os.Stat(p); err == nil && info.Mode().IsRegular() {
			whole = append(whole, fileMark{p, info.Size(), info.ModTime().UTC()})
		}
	}
	digest, err := engine.SumOf([]any{of.Paths, whole, of.Name, of.Whole, d.snapshot.Tool, d.snapshot.Canonical, d.snapshot.Redaction})
	if err != nil {
		return err
	}
	d.saving.source = "dump " + digest.String()
	parts, err := d.to.Parts.Earlier(d.ctx, d.saving.source)
	if err != nil {
		return err
	}
	twice := map[string]bool{}
	for _, p := range parts {
		var files []readFile
		if json.Unmarshal(p.Notes, &files) != nil {
			continue // of a release that kept something else
		}
		at := 0
		for _, f := range files {
			if at+f.Count > len(p.Entries) {
				break
			}
			f.Entries = p.Entries[at : at+f.Count]
			at += f.Count
			_, known := d.saving.earlier[f.Name]
			twice[f.Name] = twice[f.Name] || known
			d.saving.earlier[f.Name] = f
			if p.Begun.Before(d.saving.begun) {
				d.saving.begun = p.Begun
			}
		}
	}
	maps.DeleteFunc(d.saving.earlier, func(name string, _ readFile) bool { return twice[name] })
	return nil
}

// adopt takes a file over that an interrupted collection had read, and reports whether
// it is still that file.
func (d *dumpReader) adopt(mark fileMark) (bool, error) {
	f, known := d.saving.earlier[mark.Name]
	if !known || !mark.dated() || f.Size != mark.Size || !f.Saved.Equal(mark.Saved) {
		return false, nil
	}
	s := &d.snapshot
	if err := d.ofCluster(f.Cluster, mark.Name); err != nil {
		return false, err
	}
	if s.Resumed.IsZero() {
		s.Resumed, s.Started = s.Started, d.saving.begun
	}
	if f.Cluster != "" {
		s.Target.ID, s.Target.Provisional = "k8s:"+f.Cluster, false
	}
	for _, e := range f.Entries {
		d.saving.adopted[e.Ref.Of()]++
	}
	s.Entries = append(s.Entries, f.Entries...)
	s.Gaps = append(s.Gaps, f.Gaps...)
	for what, n := range f.Redacted {
		d.Counts[what] += n
	}
	d.lists += f.Lists
	if f.Version != "" {
		s.Target.ServerVersion = f.Version
	}
	d.coverage.take(f.Covers)
	return true, nil
}

// noted reads a file by read, and keeps what came of it so that an interrupted
// collection goes on behind it.
func (d *dumpReader) noted(mark fileMark, read func() error) error {
	if d.saving.source == "" {
		return read()
	}
	before, lists, all, version, cluster := d.mark(), d.lists, d.coverage, d.snapshot.Target.ServerVersion, d.cluster
	d.coverage, d.snapshot.Target.ServerVersion, d.cluster = newCoverage(all.whole), "", ""
	err := read()
	f := readFile{fileMark: mark, Gaps: slices.Clone(d.snapshot.Gaps[before.gaps:]), Lists: d.lists - lists, Cluster: d.cluster, Version: d.snapshot.Target.ServerVersion, Covers: d.coverage.kept()}
	f.Entries, f.Redacted = d.since(before)
	f.Count = len(f.Entries)
	d.coverage, d.cluster = all, cluster
	d.coverage.take(f.Covers)
	if f.Version == "" {
		d.snapshot.Target.ServerVersion = version
	}
	if err == nil {
		err = d.ofCluster(f.Cluster, mark.Name)
	}
	if err != nil || !mark.dated() {
		return err
	}
	d.saving.since, d.saving.bytes = append(d.saving.since, f), d.saving.bytes+mark.Size
	if d.saving.bytes < partBytes && len(d.saving.since) < d.saving.most {
		return nil
	}
	return d.keep()
}

// keep keeps the files that were read since it last did.
func (d *dumpReader) keep() error {
	p := engine.Part{Key: "files from " + d.saving.since[0].Name, Begun: d.saving.begun, Seen: d.now().UTC(), Entries: []engine.Entry{}}
	for _, f := range d.saving.since {
		p.Entries = append(p.Entries, f.Entries...)
	}
	var err error
	if p.Notes, err = json.Marshal(d.saving.since); err == nil {
		err = d.to.Parts.Keep(context.WithoutCancel(d.ctx), d.saving.source, p)
	}
	if err != nil {
		return fmt.Errorf("keep what was read: %w", err)
	}
	d.saving.since, d.saving.bytes = nil, 0
	return nil
}

// ofCluster notes which cluster a file is of: all are of one.
func (d *dumpReader) ofCluster(uid, at string) error {
	if uid == "" {
		return nil
	}
	if d.cluster != "" && d.cluster != uid {
		return fmt.Errorf("it is of two clusters, as the namespaces kube-system in it show: %s has another one; collect each by itself", Printable(at))
	}
	d.cluster = uid
	return nil
}
