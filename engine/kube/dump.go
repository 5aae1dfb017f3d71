package kube

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"tickmark/engine"
)

// Dump collects from what somebody saved of a cluster: the lists and objects that
// kubectl prints as JSON or YAML, folders of `kubectl cluster-info dump`, support
// bundles and must-gathers, as folders, archives (tar, gzip, zip) or single files.
// What a file is, is told by its content; where it stands in a folder says of which
// kind and namespace a list is that does not say it itself.
//
// Logs are no evidence and are not read. Objects of kinds that are not in the table
// are passed over, as a live collection does not ask for them.
//
// A dump shows a part of a cluster, and rarely says which. A kind is complete only
// where lists of it cover the cluster (see coverage); of every other kind in the
// table a gap says what is missing, so that nothing passes for want of objects. The
// same object twice with two contents is a gap as well, and both are evidence.
type Dump struct {
	// Paths are folders, archives and files, all of one cluster, in the order in
	// which they are read.
	Paths []string
	// Name is the target's where the dump does not hold the namespace kube-system:
	// it becomes `manifests:NAME`, provisionally, since it is a cluster all the same.
	Name string
	// Whole is the word of a person that every list in the dump was asked of all
	// namespaces and without a selector, and answered. What contradicts it counts more.
	Whole bool
	// Tool is recorded in the snapshot.
	Tool engine.Tool
	// Now is the clock; nil leaves the snapshot's times zero.
	Now func() time.Time

	files int // that are kept at once; 0 is partFiles
}

// Source returns the paths.
func (d *Dump) Source() string { return strings.Join(d.Paths, " ") }

// Collect reads the dump, file by file and item by item. It returns an error only
// if ctx ends, the intake refuses a document, or the dump is of two clusters.
func (d *Dump) Collect(ctx context.Context, to engine.Intake) (engine.Snapshot, error) {
	r := &dumpReader{
		scan:     scan{gathering: newGathering(d.Source(), d.Tool, d.Now, to), counts: map[engine.Kind]int{}, paths: d.Paths},
		ctx:      ctx,
		coverage: newCoverage(d.Whole),
	}
	r.snapshot.Target = engine.Target{ID: "manifests:" + d.Name, Name: d.Name, Provisional: true}
	err := r.resume(d)
	sizes := r.reading.of(to, d.Paths, inDump)
	for i, p := range d.Paths {
		if err != nil {
			break
		}
		before := r.found()
		if err = walkDump(p, r.file); err != nil {
			break
		}
		r.reading.ended(sizes[:i+1])
		if r.found() == before && r.lists == 0 {
			r.gap(holdsNothingAt(p))
		}
	}
	if err != nil && ctx.Err() != nil {
		r.gap(engine.Gap{Source: d.Source(), Reason: engine.Interrupted, Cause: "the reading was stopped"})
	}
	r.snapshot.Sort()
	if err == nil {
		err = r.ofOneCluster()
	}
	r.settle(err == nil)
	r.end()
	if err != nil {
		return r.snapshot, fmt.Errorf("collect %s: %w", line(d.Source()), oneLine(err))
	}
	return r.snapshot, nil
}

// dumpReader is one run of Dump.
type dumpReader struct {
	scan
	ctx      context.Context // of the run: files are read within it
	coverage coverage
	cluster  string // UID of the namespace kube-system, "" until it was met
	saving   saving
	stripped map[engine.Kind]int // objects of this file that were left with their metadata alone
}

// spot is where in a dump an object stands.
type spot struct {
	file string
	line int  // in a file of YAML, from 1
	item int  // in a list, from 1
	ends bool // it is the last of a file of YAML, and nothing stands behind it that would be missed
	open bool // nothing stands behind the items of a list in YAML, by which it could be told from one that was cut off
}

func (s spot) String() string {
	text := s.file
	if s.line > 0 {
		text = fmt.Sprintf("%s:%d", text, s.line)
	}
	if s.item > 0 {
		text = fmt.Sprintf("%s item %d", text, s.item)
	}
	return text
}

func (s spot) gap(reason engine.GapReason, cause string) engine.Gap {
	return engine.Gap{Source: s.file, Line: s.line, Reason: reason, Cause: cause}
}

// file reads one file of the dump. Only a refusal of the intake, the end of ctx and
// a second cluster are errors.
func (d *dumpReader) file(f file) error {
	if err := d.ctx.Err(); err != nil {
		return err
	}
	if f.within != nil {
		d.reading.begins(f.within)
	}
	d.progress(f.name)
	at := spot{file: f.name}
	if f.err != nil {
		d.gap(at.gap(reasonOfFile(f.err), f.err.Error()))
		return nil
	}
	r, size, err := f.open()
	if err != nil {
		d.gap(at.gap(engine.Unreadable, err.Error()))
		return nil
	}
	defer func() { _ = r.Close() }()
	before := len(d.snapshot.Entries)
	mark := fileMark{f.name, size, f.savedAt(r).UTC()}
	in := counting(r)
	if f.within != nil {
		d.reading.begins(f.within)
	} else {
		d.reading.begins(in.so)
		defer d.reading.ends(size)
	}
	done, err := d.adopt(mark)
	if !done && err == nil {
		err = d.noted(mark, func() error {
			err := d.contents(bufio.NewReaderSize(untilDone{d.ctx, in}, 64<<10), at, placeOf(at.file))
			d.nameStripped(at)
			return errors.Join(err, d.ctx.Err())
		})
	}
	if len(d.snapshot.Entries) > before {
		d.savedAt(mark.Saved)
	}
	return err
}

func (d *dumpReader) contents(in *bufio.Reader, at spot, place dumpPlace) error {
	if start, err := in.Peek(3); err == nil && string(start) == "\ufeff" {
		_, _ = in.Discard(3)
	}
	if place.errors {
		return d.refusals(in, at, place.kind)
	}
	first, err := firstByte(in)
	logs := &untilLogs{in: in}
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		d.gap(at.gap(reasonOfFile(err), err.Error()))
		return nil
	case first == '{' || first == '[':
		err = d.json(logs, at)
	default:
		err = d.text(logs, at)
	}
	if logs.found {
		at.line = logs.lines + 1
		d.gap(at.gap(engine.Unsupported, "logs of containers follow, in which anybody may have written anything: the rest was not read; save it with --output-directory, which keeps logs apart"))
	}
	return err
}

// logsStart begins the logs of a container in what `kubectl cluster-info dump` prints.
const logsStart = "\n==== START logs for container "

// untilLogs reads as far as the first logs. What runs in a container writes them, and
// could write objects too.
type untilLogs struct {
	in    *bufio.Reader // of a buffer longer than logsStart
	lines int           // that were read
	found bool
}

func (u *untilLogs) Read(p []byte) (int, error) {
	if u.found {
		return 0, io.EOF
	}
	_, err := u.in.Peek(len(logsStart))
	b, _ := u.in.Peek(u.in.Buffered())
	switch i := bytes.Index(b, []byte(logsStart)); {
	case i == 0:
		u.found = true
		u.lines++
		return copy(p, "\n"), io.EOF
	case i > 0:
		b = b[:i]
	case err == nil:
		b = b[:len(b)-len(logsStart)+1] // its start may stand at the end
	}
	n := copy(p, b)
	u.lines += bytes.Count(b[:n], []byte{'\n'})
	_, _ = u.in.Discard(n)
	if n == 0 {
		return 0, err
	}
	return n, nil
}

// firstByte returns the first byte that is no white space, without taking it.
func firstByte(in *bufio.Reader) (byte, error) {
	for {
		b, err := in.ReadByte()
		switch {
		case err != nil:
			return 0, err
		case b != ' ' && b != '\t' && b != '\r' && b != '\n':
			return b, in.UnreadByte()
		}
	}
}

// firstCluster is the year of the first release of Kubernetes.
const firstCluster = 2014

// savedAt notes when a file that gave evidence was written: what a dump shows is as
// old as its oldest file.
func (d *dumpReader) savedAt(at time.Time) {
	s := &d.snapshot
	if at.Year() < firstCluster || at.After(s.Started) && !s.Started.IsZero() {
		return
	}
	if s.Saved.IsZero() || at.Before(s.Saved) {
		s.Saved = at.UTC().Truncate(time.Second)
	}
}

// text reads a file that is no JSON: YAML, of one or more documents.
func (d *dumpReader) text(in io.Reader, at spot) error {
	text, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	switch {
	case err != nil:
		d.gap(at.gap(reasonOfFile(err), cutOff(err).Error()))
		return nil
	case len(text) > maxFile:
		d.gap(at.gap(engine.TooLarge, errFileTooLarge.Error()))
		return nil
	}
	if line, cause := notText(text); cause != "" {
		at.line = line
		d.gap(at.gap(engine.Unreadable, cause))
		return nil
	}
	if last := len(text) - 1; last >= 0 && text[last] != '\n' {
		end := at
		end.line = 1 + bytes.Count(text, []byte("\n"))
		d.gap(end.gap(engine.Unreadable, "it ends within a line, and may have been cut off: what follows is not known"))
	}
	all := chunks(text)
	for i, c := range all {
		c.last = i == len(all)-1 && !saysItEnds(c.text)
		if err := d.yaml(c, at); err != nil {
			return err
		}
	}
	return nil
}

func (d *dumpReader) yaml(c chunk, at spot) error {
	all, err := nodes(c.text)
	for i, n := range all {
		at.line = c.line + n.Line - 1
		at.ends = c.last && i == len(all)-1 && n.Style&yaml.FlowStyle == 0
		at.open = endsOpen(n)
		r := &reader{}
		v, err := r.value(n, 0)
		if err != nil {
			line, cause := lineOf(err.Error(), c.line)
			d.gap(engine.Gap{Source: at.file, Line: line, Reason: engine.Unreadable, Cause: cause})
			continue
		}
		if err := d.value(v, at, 0); err != nil {
			return err
		}
	}
	if err != nil {
		line, cause := lineOf(err.Error(), c.line)
		gap := engine.Gap{Source: at.file, Line: line, Reason: engine.Unreadable, Cause: cause}
		if errors.Is(err, errTooManyNodes) {
			gap.Reason = engine.TooLarge
		}
		d.gap(gap)
	}
	return nil
}

// reasonOfFile classes what went wrong with a file or an archive.
func reasonOfFile(err error) engine.GapReason {
	switch {
	case errors.Is(err, errFileTooLarge), errors.Is(err, errItemTooLarge), errors.Is(err, errBomb):
		return engine.TooLarge
	case errors.Is(err, errNested), errors.Is(err, errPacked), errors.Is(err, errUnrendered):
		return engine.Unsupported
	}
	return engine.Unreadable
}

// untilDone reads until a context ends.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}
