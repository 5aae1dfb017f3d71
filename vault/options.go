package vault

import (
	"crypto/rand"
	"io"
	"time"

	"tickmark/questionnaires"
)

// Option changes how a vault is created or opened.
type Option func(*settings)

type settings struct {
	author     *questionnaires.Signer
	entity     string
	readOnly   bool
	now        func() time.Time
	random     io.Reader
	disk       disk
	memory     string // the user's folder, "" for none
	allowOlder bool
	plugins    *Plugins // nil refuses
}

func newSettings(opts []Option) settings {
	s := settings{now: time.Now, random: rand.Reader, disk: realDisk{}}
	for _, option := range opts {
		option(&s)
	}
	s.readOnly = s.readOnly || s.author == nil
	return s
}

// WithAuthor names who signs what is appended. Without an author a vault is
// read-only.
func WithAuthor(s *questionnaires.Signer) Option { return func(o *settings) { o.author = s } }

// ForEntity names whom a new vault belongs to; Open does not look at it.
func ForEntity(name string) Option { return func(o *settings) { o.entity = name } }

// ReadOnly opens without a lock and never writes, whoever the author is.
func ReadOnly() Option { return func(o *settings) { o.readOnly = true } }

// WithClock sets the clock that entries are dated by. The default is time.Now.
func WithClock(now func() time.Time) Option { return func(o *settings) { o.now = now } }

// WithRandom sets the source that ids are drawn from; it must be cryptographic.
// Keys are always drawn from the system's. The default is crypto/rand.
func WithRandom(random io.Reader) Option { return func(o *settings) { o.random = random } }

// WithMemory names the folder in which the last head of each vault and path is
// remembered, 0600 in a folder of 0700: against it a vault that was put back to an
// earlier copy, or cut between two saves, is ErrRolledBack. "" remembers nothing.
func WithMemory(folder string) Option { return func(o *settings) { o.memory = folder } }

// AllowOlder opens a vault that lacks what is remembered. That is among its Notices,
// and the memory stays as it is until Accept.
func AllowOlder() Option { return func(o *settings) { o.allowOlder = true } }

func withDisk(d disk) Option { return func(o *settings) { o.disk = d } }
