package kube

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"tickmark/engine"
)

// Manifests collects from files: YAML and JSON, several documents in a file,
// Lists, folders with all that is below them.
//
// A document that is readable and has neither apiVersion nor kind is no Kubernetes
// object (the values of a Helm chart, a dashboard) and is passed over, unless it
// holds objects further down, which are named as gaps. A document that cannot be
// read is a gap without a kind, since it could hide anything; so is a path under
// which there is no object, a List that cannot be taken apart, and an archive or a
// template that lies among them, and what kustomize makes of them before they are
// applied. An object of a kind that is not in the table is kept, and is a gap of the
// kind that it shares its name with, of pods where it holds the template of one, and
// of the kinds of the objects that it holds. The same object in
// two files is two entries with two origins: which of them a cluster would get
// is not for this program to say.
type Manifests struct {
	// Paths are files and folders, in the order in which they are read.
	Paths []string
	// Embedded, if any, is a folder that came with the program; it is read after
	// the paths.
	Embedded fs.FS
	// Given are texts that were read already, by name; they come last.
	Given map[string][]byte
	// Name is the target's: it becomes `manifests:NAME`.
	Name string
	// Tool is recorded in the snapshot.
	Tool engine.Tool
	// Now is the clock; nil leaves the snapshot's times zero.
	Now func() time.Time
}

// Source returns the paths, or the name where there are none.
func (m *Manifests) Source() string {
	if len(m.Paths) == 0 {
		return m.Name
	}
	return strings.Join(m.Paths, " ")
}

// Collect reads all files. It returns an error only if ctx ends or the intake
// refuses a document.
func (m *Manifests) Collect(ctx context.Context, to engine.Intake) (engine.Snapshot, error) {
	s := &scan{gathering: newGathering(m.Source(), m.Tool, m.Now, to), counts: map[engine.Kind]int{}, paths: m.Paths}
	s.snapshot.Target = engine.Target{ID: "manifests:" + m.Name, Name: m.Name}
	each := func(f file) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		s.progress(f.name)
		return s.file(f)
	}
	var err error
	sizes := s.reading.of(to, m.Paths, isManifest)
	for i, p := range m.Paths {
		lists, before := s.lists, s.found()
		err = walk(p, isManifest, func(f file) error {
			if f.name != filepath.ToSlash(p) && f.err == nil {
				f.err = closedToUs(f.name)
			}
			return each(f)
		})
		if err != nil {
			break
		}
		s.reading.ended(sizes[:i+1])
		if s.found() == before && s.lists == lists {
			s.gap(holdsNothingAt(p))
		}
	}
	if err == nil && s.found() == 0 && len(m.Paths) > 0 {
		s.gap(holdsNothingAt(m.Source()))
	}
	if err == nil && m.Embedded != nil {
		err = walkEmbedded(m.Embedded, each)
	}
	for _, name := range slices.Sorted(maps.Keys(m.Given)) {
		if err == nil {
			err = each(file{name: name, open: func() (io.ReadCloser, int64, error) {
				return io.NopCloser(bytes.NewReader(m.Given[name])), int64(len(m.Given[name])), nil
			}})
		}
	}
	if err != nil && ctx.Err() != nil {
		s.gap(engine.Gap{Source: m.Source(), Reason: engine.Interrupted, Cause: "the reading was stopped"})
	}
	s.moved()
	s.mutated()
	s.populations(m.Source(), err == nil)
	s.end()
	if err != nil {
		return s.snapshot, fmt.Errorf("collect %s: %w", line(m.Source()), oneLine(err))
	}
	return s.snapshot, nil
}

// scan is one run of Manifests.
type scan struct {
	gathering
	counts map[engine.Kind]int
	lists  int // Lists that were read, empty ones too
	paths  []string
	// kustomized is what kustomizations take in; defaultAccounts are the namespaces of the
	// accounts called default that bindings name, by file.
	kustomized      []kustomized
	defaultAccounts map[string][]string
	mutation        mutation
}

// found is how many objects and gaps there are so far.
func (s *scan) found() int { return len(s.snapshot.Entries) + len(s.snapshot.Gaps) }

// holdsNothingAt says that what was named is not what was meant: that there is
// nothing to judge must not come of an empty folder. An empty List is an answer,
// unless it is all that there is.
func holdsNothingAt(path string) engine.Gap {
	return engine.Gap{Source: filepath.ToSlash(path), Reason: engine.Unreadable, Cause: "it holds no Kubernetes object"}
}

// populations counts every kind that files can hold. Files hold what they hold:
// a listing of them is complete where all were read.
func (s *scan) populations(source string, complete bool) {
	query := line("read " + source)
	add := func(of engine.Kind, count int) {
		s.snapshot.Populations = append(s.snapshot.Populations, engine.Population{Kind: of, Count: count, Complete: complete, Query: query})
	}
	for of, n := range maps.Clone(s.counts) {
		if family, is := familyOf(of); is {
			s.counts[family] += n
		}
	}
	for _, k := range kinds {
		if n := s.counts[k.of]; n > 0 || !k.custom || k.effectless {
			add(k.of, n)
		}
	}
	// What a live cluster is asked for by name, files hold or do not hold.
	for _, of := range []engine.Kind{engine.KubeletConfigurationKind, engine.AnonymousProbeKind} {
		if s.counts[of] == 0 {
			add(of, 0)
		}
	}
	for of, n := range s.counts {
		if _, isKnown := known(of); !isKnown {
			add(of, n)
		}
	}
}

// file reads one file. Only a refusal of the intake is an error.
func (s *scan) file(f file) error {
	text, err := f.contents()
	if err != nil {
		s.gap(engine.Gap{Source: f.name, Reason: reasonOfFile(err), Cause: err.Error()})
		return nil
	}
	size, at := int64(len(text)), int64(0)
	s.reading.begins(func() int64 { return at })
	defer s.reading.ends(size)
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if line, cause := notText(text); cause != "" {
		s.gap(engine.Gap{Source: f.name, Line: line, Reason: engine.Unreadable, Cause: cause})
		return nil
	}
	if isTemplate(f.name, text) {
		s.gap(engine.Gap{Source: f.name, Line: 1, Reason: engine.Unsupported, Cause: "a template of a Helm chart: read what `helm template` prints"})
		return nil
	}
	if first := bytes.TrimLeft(text, " \t\r\n"); len(first) > 0 && (first[0] == '{' || first[0] == '[') {
		if engine.IsJSON(text) {
			return s.json(text, place{file: f.name, line: 1, first: 1})
		}
		if values := valuesIn(text, f.name); len(values) > 0 {
			return s.values(values)
		}
	}
	all := chunks(text)
	for i, c := range all {
		c.last = i == len(all)-1 && !saysItEnds(c.text)
		if err := s.yaml(c, f.name); err != nil {
			return err
		}
		at += int64(len(c.text))
	}
	return nil
}

// notText returns why text is no text, and in which line.
func notText(text []byte) (line int, cause string) {
	if bytes.HasPrefix(text, []byte{0xff, 0xfe}) || bytes.HasPrefix(text, []byte{0xfe, 0xff}) {
		return 1, "it is UTF-16, as Windows writes what is redirected; save it as UTF-8"
	}
	at := bytes.IndexByte(text, 0)
	if at >= 0 {
		return 1 + bytes.Count(text[:at], []byte("\n")), "it holds a NUL: it is no text"
	}
	if utf8.Valid(text) {
		return 0, ""
	}
	for at = 0; at < len(text); {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return 1 + bytes.Count(text[:at], []byte("\n")), "it is no UTF-8"
}

func (s *scan) yaml(c chunk, name string) error {
	all, err := nodes(c.text)
	for i, n := range all {
		at := place{file: name, line: c.line + n.Line - 1, first: c.line, ends: c.last && i == len(all)-1 && n.Style&yaml.FlowStyle == 0}
		r := &reader{}
		v, err := r.value(n, 0)
		if list, items, ok := listOfNodes(n); err != nil && ok {
			if err := s.nodes(list, items, c, at); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			s.unreadable(at, headOfNode(n), asTemplate(c.text, err))
			continue
		}
		if err := s.document(v, at, 0); err != nil {
			return err
		}
	}
	if err != nil {
		line, cause := lineOf(err.Error(), c.line)
		gap := engine.Gap{Source: name, Line: line, Reason: engine.Unreadable, Cause: cause}
		if errors.Is(err, errTooManyNodes) {
			gap.Reason = engine.TooLarge
		}
		s.gap(gap)
	}
	return nil
}

// lineOf turns the line within a document that a YAML error names into the line
// of the file.
func lineOf(cause string, first int) (int, string) {
	i := strings.Index(cause, "line ")
	if i < 0 {
		return first, cause
	}
	var line int
	if n, err := fmt.Sscanf(cause[i:], "line %d", &line); n != 1 || err != nil || line < 1 {
		return first, cause
	}
	_, rest, found := strings.Cut(cause[i:], ": ")
	if !found {
		return first + line - 1, cause
	}
	return first + line - 1, strings.TrimSuffix(cause[:i], "yaml: ") + rest
}

// largeJSON is from when on the items of a List are decoded one by one, in bytes.
const largeJSON = 1 << 20

// jsonValue is one of several JSON values in a file.
type jsonValue struct {
	text []byte
	at   place
}

// valuesIn takes a file apart that is JSON values one after the other, as kubectl
// reads them too; nil if it is anything else.
func valuesIn(text []byte, name string) []jsonValue {
	var all []jsonValue
	decoder := json.NewDecoder(bytes.NewReader(text))
	for {
		var value json.RawMessage
		err := decoder.Decode(&value)
		switch {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			return nil
		}
		line := 1 + bytes.Count(text[:int(decoder.InputOffset())-len(value)], []byte("\n"))
		all = append(all, jsonValue{value, place{file: name, line: line, first: line}})
	}
}

func (s *scan) values(all []jsonValue) error {
	for _, v := range all {
		if err := s.json(v.text, v.at); err != nil {
			return err
		}
	}
	return nil
}

// place is where a document stands.
type place struct {
	file  string
	line  int  // its first line, from 1
	first int  // first line of the part of the file that was parsed at once
	ends  bool // nothing stands behind it that would be missed
}

func (p place) String() string { return fmt.Sprintf("%s:%d", p.file, p.line) }

// maxLists is how deep Lists may stand in Lists.
const maxLists = 4

// document takes one decoded document: an object, a List, or neither.
func (s *scan) document(v any, at place, lists int) error {
	tree, ok := v.(map[string]any)
	if !ok {
		s.within(v, at)
		return nil
	}
	if isKustomization(tree, at) {
		s.kustomization(tree, at)
	}
	if tree["apiVersion"] == nil && tree["kind"] == nil {
		if hasSpelling(tree, "apiVersion") && hasSpelling(tree, "kind") {
			s.gap(engine.Gap{Source: at.file, Line: at.line, Reason: engine.Unreadable, Cause: "read object: its apiVersion and kind are misspelt"})
			return nil
		}
		s.within(v, at)
		return nil
	}
	if tree["kind"] == nil && path.Base(at.file) == chartFile {
		s.chart(tree, at)
		return nil
	}
	if tree["kind"] == nil && isKustomization(tree, at) {
		return nil // which was named already
	}
	h, err := headOf(tree)
	if err != nil {
		s.gap(engine.Gap{Source: at.file, Line: at.line, Reason: engine.Unreadable, Cause: err.Error()})
		return nil
	}
	if isExtract(h.of) {
		gap := extracted(h.of, dumpPlace{})
		gap.Source, gap.Line = at.file, at.line
		s.gap(gap)
		return nil
	}
	items, listed := itemsOf(tree)
	if cause := brokenList(tree, h, listed); cause != "" {
		s.gap(engine.Gap{Source: at.file, Line: at.line, Reason: engine.Unreadable, Cause: cause})
		return nil
	}
	if !isList(h.of.Kind) || !listed {
		return s.object(tree, h, at)
	}
	s.list(tree["metadata"], h, at)
	if lists >= maxLists {
		s.gap(engine.Gap{Source: at.file, Line: at.line, Reason: engine.Unreadable, Cause: "Lists in Lists, too many deep"})
		return nil
	}
	at.ends = false // what is cut off of a List is told by what stands behind its items
	for _, item := range items {
		if err := s.item(item, h, at, lists+1); err != nil {
			return err
		}
	}
	return nil
}
