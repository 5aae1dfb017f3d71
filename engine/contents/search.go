package contents

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"tickmark/engine"
	"tickmark/engine/redaction"
)

// Version is the version of the search. What an earlier one called searched may hold
// what a later one finds.
const Version = "2"

// Bounds of what is unpacked and held.
const (
	maxDepth    = 5         // archives inside each other
	maxUnpacked = 4 << 30   // of one file, in bytes
	maxRatio    = 250       // unpacked to packed, of a member of more than freeRatio
	freeRatio   = 16 << 20  //
	maxMembers  = 100_000   // files inside a file
	maxHeld     = 16 << 20  // bytes in memory of archives inside archives
	maxHits     = 50        // that are told by their places
	maxUnread   = 20        //
	maxPlace    = 120       // characters
	sniffed     = 4 << 10   // bytes that a file's form is told from
	maxDir      = 16 << 20  // bytes of a zip's directory
	maxHeader   = 256 << 10 // bytes of a mail's header
)

var (
	errTooMuch = errors.New("it unpacks to more than is looked at")
	errHeld    = errors.New("it is too large inside an archive")
	errNowhere = errors.New("it points before its beginning")
)

// searching is the search of one file.
type searching struct {
	ctx      context.Context // of the reading: io.Reader takes none
	found    engine.Contents
	unpacked int64
	members  int
	held     int64
	moreHits int
	moreLost int
	source   error // that the file itself could not be read
}

// input is a file, or a file inside one.
type input struct {
	io.Reader
	at   io.ReaderAt // nil where it is a stream
	size int64       // -1 where it is not known
	name string
}

// Search reads a file and says what stands in it. The error is that of the file's own
// reader or of ctx; whatever the file holds is no error.
func Search(ctx context.Context, name string, r io.ReaderAt, size int64) (engine.Contents, error) {
	s := &searching{ctx: ctx, found: engine.Contents{Version: Version}}
	source := &sourceReader{s, r}
	s.read("", input{Reader: io.NewSectionReader(source, 0, size), at: source, size: size, name: name}, 0)
	if err := ctx.Err(); err != nil {
		return s.found, err
	}
	if s.source != nil {
		return s.found, s.source
	}
	switch { // whoever stopped early over it
	case s.unpacked > maxUnpacked:
		s.unread("", errTooMuch.Error())
	case s.members > maxMembers:
		s.unread("", tooMany().Error())
	}
	if s.moreHits > 0 {
		s.found.Hits = append(s.found.Hits, engine.Hit{Kind: "more", Place: "elsewhere", Count: s.moreHits})
	}
	if s.moreLost > 0 {
		s.found.Unread = append(s.found.Unread, engine.Unread{Why: fmt.Sprintf("and %d more parts", s.moreLost)})
	}
	return s.found, nil
}

// sourceReader notes why the file itself could not be read, which is no matter of its form.
type sourceReader struct {
	s *searching
	r io.ReaderAt
}

func (r *sourceReader) ReadAt(p []byte, off int64) (int, error) {
	if err := r.s.ctx.Err(); err != nil {
		return 0, err
	}
	if off < 0 {
		return 0, errNowhere // a file that says so of itself
	}
	n, err := r.r.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) && r.s.source == nil {
		r.s.source = err
	}
	return n, err
}

// read searches a file or a part of one. What breaks down over it could not read it.
func (s *searching) read(place string, in input, depth int) {
	defer func() {
		if broken := recover(); broken != nil {
			s.unread(place, "it is broken")
		}
	}()
	if s.done() {
		return
	}
	if depth > maxDepth {
		s.unread(place, "it lies in too many archives")
		return
	}
	if err := s.open(place, in, depth); err != nil && s.source == nil && s.ctx.Err() == nil {
		s.unread(place, reason(err))
	}
}

// done reports whether no more is read: the file's own reader failed, or it is a bomb.
func (s *searching) done() bool {
	return s.source != nil || s.ctx.Err() != nil || s.unpacked > maxUnpacked || s.members > maxMembers
}

// reason is why something could not be read, in words that say nothing of what it holds.
func reason(err error) string {
	if errors.Is(err, errTooMuch) || errors.Is(err, errHeld) {
		return err.Error()
	}
	var said unreadable
	if errors.As(err, &said) {
		return string(said)
	}
	return "it is broken"
}

// unreadable is a reason that is told.
type unreadable string

func (u unreadable) Error() string { return string(u) }

// hit notes what was found.
func (s *searching) hit(kind, place string, n int) {
	place = shown(place)
	i := slices.IndexFunc(s.found.Hits, func(h engine.Hit) bool { return h.Kind == kind && h.Place == place })
	switch {
	case i >= 0:
		s.found.Hits[i].Count += n
	case len(s.found.Hits) >= maxHits:
		s.moreHits += n
	default:
		s.found.Hits = append(s.found.Hits, engine.Hit{Kind: kind, Place: place, Count: n})
	}
}

// unread notes what could not be read.
func (s *searching) unread(place, why string) {
	u := engine.Unread{Place: shown(place), Why: why}
	switch {
	case slices.Contains(s.found.Unread, u):
	case len(s.found.Unread) >= maxUnread:
		s.moreLost++
	default:
		s.found.Unread = append(s.found.Unread, u)
	}
}

// shown is a place as it may be kept: names of files inside a file come from strangers,
// and may be what is searched for.
func shown(place string) string {
	place = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(place, " "))
	if len(redaction.Cards(place)) > 0 || len(redaction.Keys(place)) > 0 {
		return "a file whose name is what was found"
	}
	if r := []rune(place); len(r) > maxPlace {
		place = "…" + string(r[len(r)-maxPlace:])
	}
	return place
}

// inside is the place of a part of a place.
func inside(place, part string) string {
	switch {
	case place == "":
		return part
	case part == "":
		return place
	}
	return place + ", " + part
}

// member counts a file inside a file, and searches its name.
func (s *searching) member(place, name string) (string, error) {
	if s.members++; s.members > maxMembers {
		return "", tooMany()
	}
	if strings.ContainsFunc(name, unicode.IsDigit) {
		for part := range strings.SplitSeq(name, "/") { // the folders it lies in as well
			for range redaction.Cards(part) {
				s.hit(cardNumber, inside(place, "the name of a file in it"), 1)
			}
		}
	}
	return inside(place, name), nil
}

func tooMany() error { return unreadable(fmt.Sprintf("it holds more than %d files", maxMembers)) }

// bounded counts what is unpacked, and ends a bomb.
type bounded struct {
	s      *searching
	r      io.Reader
	n      int64
	packed int64 // bytes that it is made of, -1 where that is not known
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.n += int64(n)
	b.s.unpacked += int64(n)
	if b.s.unpacked > maxUnpacked || b.packed >= 0 && b.n > freeRatio && b.n/maxRatio > b.packed {
		return n, errTooMuch
	}
	if err := b.s.ctx.Err(); err != nil {
		return n, err
	}
	return n, err
}

func (s *searching) unpack(r io.Reader, packed int64) io.Reader {
	return &bounded{s: s, r: r, packed: packed}
}

// hold gives a part that has to be read in any order; it is given back by the function.
func (s *searching) hold(in input) (io.ReaderAt, int64, func(), error) {
	if in.at != nil {
		return in.at, in.size, func() {}, nil
	}
	room := maxHeld - s.held
	body, err := io.ReadAll(io.LimitReader(in, room+1))
	if err != nil {
		return nil, 0, nil, err
	}
	if int64(len(body)) > room {
		return nil, 0, nil, errHeld
	}
	s.held += int64(len(body))
	return strings.NewReader(string(body)), int64(len(body)), func() { s.held -= int64(len(body)) }, nil
}
