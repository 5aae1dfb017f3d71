package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"filippo.io/age"

	"tickmark/engine"
)

// Salvage writes what can still be read of a damaged vault into a new one at to, which
// must not exist, sealed to recipients; none means those of the damaged one, which is
// only read. The vault's id, entries and signatures stay as they are. Of the log it
// takes what stands before the first member that does not hold. A body that is not
// whole is left out. Where entries follow a lost one, the author (WithAuthor), if
// enrolled, signs an entry that declares it lost; else they cannot be held by a history
// and are reported with all they say. What was expunged is not brought back. The
// report is filled in, as far as that goes, with an error too.
func Salvage(ctx context.Context, from, to string, identities []age.Identity, recipients []Recipient, progress func(done, total int64), opts ...Option) (Salvaged, error) {
	s := &salvaging{recipients: recipients, told: &counting{w: io.Discard, tell: progress}}
	report, err := s.run(ctx, from, to, identities, opts)
	if err != nil {
		return report, fmt.Errorf("salvage %s: %w", from, err)
	}
	return report, nil
}

type salvaging struct {
	recipients []Recipient
	told       *counting
	found      *findings
	v          *Vault
	waiting    []func(*database) error
	size       int
}

func (s *salvaging) run(ctx context.Context, from, to string, identities []age.Identity, opts []Option) (Salvaged, error) {
	if _, err := os.Lstat(to); !errors.Is(err, os.ErrNotExist) {
		return Salvaged{}, fmt.Errorf("%s is there already", to)
	}
	w, err := openWreck(ctx, from, identities, s.told)
	if err != nil {
		return Salvaged{}, err
	}
	defer w.close()
	if s.v, err = newVault(to, opts); err != nil {
		return Salvaged{}, err
	}
	s.v.settings.readOnly = false
	if s.found, err = find(ctx, w, s.v.codec, s.told, s.v.settings.author, s.v.settings.now()); err != nil {
		if s.found != nil {
			return s.found.report, err
		}
		return Salvaged{}, err
	}
	if len(s.recipients) == 0 {
		if s.recipients, err = s.found.recipients(identities); err != nil {
			return s.found.report, err
		}
	}
	s.found.resealed(s.v.settings.author, s.v.settings.now(), identities, s.recipients)
	err = s.write(ctx)
	if err = errors.Join(err, s.v.Close()); err != nil {
		// What is not whole must not be taken for what was salvaged.
		err = errors.Join(err, removeAll(s.v.path, logPath(s.v.path)))
	}
	return s.found.report, err
}

func removeAll(paths ...string) error {
	var wrong []error
	for _, path := range paths {
		if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
			wrong = append(wrong, err)
		}
	}
	return errors.Join(wrong...)
}

var errNoRecipients = errors.New("whom it was sealed to is lost; name recipients for the new one")

// recipients are those of the damaged vault, if they can be read.
func (f *findings) recipients(identities []age.Identity) ([]Recipient, error) {
	var rows []storedRecipient
	for position := int64(1); ; position++ {
		row, there := f.c.recipients[position]
		if !there {
			break
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 || len(rows) < len(f.c.recipients) {
		return nil, errNoRecipients
	}
	return loadRecipients(rows, identities, false)
}

func (s *salvaging) write(ctx context.Context) error {
	v := s.v
	v.recipients = s.recipients
	var err error
	if v.lock, err = lockVault(v.path, v.settings.now()); err != nil {
		return err
	}
	if _, err := os.Lstat(logPath(v.path)); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s is there already", filepath.Base(logPath(v.path)))
	}
	key, err := s.establish(ctx)
	if err != nil {
		return err
	}
	if err := v.reopen([]age.Identity{key}, v.settings.now()); err != nil {
		return err
	}
	if err := v.memorize(); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{s.bodies, s.lists, s.flush} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return v.Compact(ctx, nil)
}

// establish seals a first base with the journal in it.
func (s *salvaging) establish(ctx context.Context) (*fileKey, error) {
	v := s.v
	db, err := newDatabase()
	if err != nil {
		return nil, err
	}
	defer db.close()
	identity, err := journalIdentity(v.recipients)
	if err != nil {
		return nil, err
	}
	if err := db.found(s.found.history.Vault(), identity, v.recipients); err != nil {
		return nil, err
	}
	for _, e := range s.found.kept {
		if err := db.putEntry(e.entry, e.payload); err != nil {
			return nil, err
		}
	}
	recipients, key := remember(v.recipients, v.settings.plugins)
	return key, v.seal(ctx, recipients, func(w io.Writer) error { return db.pages(ctx, w) })
}

// add saves what was collected whenever it is some MiB.
func (s *salvaging) add(ctx context.Context, size int, write func(*database) error) error {
	s.waiting = append(s.waiting, write)
	if s.size += size + 100; s.size < maxIntake {
		return nil
	}
	return s.flush(ctx)
}

func (s *salvaging) flush(ctx context.Context) error {
	err := s.v.update(ctx, func(tx *Tx) error {
		for _, write := range s.waiting {
			if err := tx.change("salvage", func() error { return write(tx.db) }); err != nil {
				return err
			}
		}
		return nil
	})
	s.waiting, s.size = s.waiting[:0], 0
	return err
}

// bodies copies every body that is whole, as it is kept.
func (s *salvaging) bodies(ctx context.Context) error {
	for _, digest := range sortedDigests(s.found.whole) {
		document := int64(0)
		size := s.found.sizes[digest]
		err := s.add(ctx, 0, func(d *database) (err error) {
			document, err = d.insert("insert into documents (digest, size) values (?, ?)", digest[:], size)
			return err
		})
		if err != nil {
			return err
		}
		for _, c := range s.found.c.chunksOf(s.found.whole[digest]) {
			encoding, data, err := s.found.w.packed(c)
			if err != nil {
				return err
			}
			err = s.add(ctx, len(data), func(d *database) error {
				return d.exec("insert into chunks (document, place, encoding, size, data) values (?, ?, ?, ?, ?)", document, c.place, encoding, c.size, data)
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func sortedDigests[V any](of map[engine.Digest]V) []engine.Digest {
	all := make([]engine.Digest, 0, len(of))
	for d := range of {
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b engine.Digest) int { return slices.Compare(a[:], b[:]) })
	return all
}

// lists copies what names the bodies. Snapshots whose row is lost are known from the
// journal.
func (s *salvaging) lists(ctx context.Context) error {
	listed := map[engine.Digest]bool{}
	snapshot := func(digest engine.Digest) error {
		if _, whole := s.found.whole[digest]; !whole || listed[digest] {
			return nil
		}
		listed[digest] = true
		return s.add(ctx, 0, func(d *database) error { return d.exec("insert into snapshots (digest) values (?)", digest[:]) })
	}
	for _, row := range s.found.c.snapshots {
		if err := snapshot(row.digest); err != nil {
			return err
		}
	}
	recorded, err := s.found.history.Runs()
	if err != nil {
		return err
	}
	for _, run := range recorded {
		for _, t := range run.Targets {
			if err := snapshot(t.Snapshot); err != nil {
				return err
			}
		}
	}
	for _, run := range s.found.c.runs {
		if err := s.add(ctx, 0, func(d *database) error { return s.results(d, run) }); err != nil {
			return err
		}
	}
	return nil
}

// results copies one run with its results. Bodies that they name and that are lost have
// a row, as those that were expunged.
func (s *salvaging) results(d *database, run carvedRun) error {
	if err := s.placeholder(d, run.head); err != nil {
		return err
	}
	number, err := d.insert("insert into runs (digest, head) values (?, ?)", run.digest[:], run.head[:])
	if err != nil {
		return err
	}
	for _, result := range s.found.c.results {
		if result.run != run.sequence {
			continue
		}
		if err := s.placeholder(d, result.digest); err != nil {
			return err
		}
		if err := d.exec("insert into results (run, place, digest) values (?, ?, ?)", number, result.place, result.digest[:]); err != nil {
			return err
		}
	}
	return nil
}

func (s *salvaging) placeholder(d *database, digest engine.Digest) error {
	if id, _, err := d.find(digest); err != nil || id != 0 {
		return err
	}
	return d.exec("insert into documents (digest, size) values (?, 1)", digest[:])
}

// Examine reads every byte of a vault that Open refuses because of damage, and names
// what is wrong and what is lost with it. Its error is one after which nothing can be
// told: no identity, no header.
func Examine(ctx context.Context, path string, identities []age.Identity, progress func(done, total int64)) (Inspection, error) {
	told := &counting{w: io.Discard, tell: progress}
	fail := func(err error) (Inspection, error) { return Inspection{}, fmt.Errorf("verify %s: %w", path, err) }
	w, err := openWreck(ctx, path, identities, told)
	if err != nil {
		return fail(err)
	}
	defer w.close()
	k, err := newCodec()
	if err != nil {
		return fail(err)
	}
	f, err := find(ctx, w, k, told, nil, time.Time{})
	if f == nil {
		return fail(err)
	}
	found := w.faults
	found.Unverified, found.Undead, found.Lost = []UnverifiedEntry{}, []engine.Digest{}, []engine.Digest{}
	found.Vault, found.Head, found.Entries, found.Documents, found.Expunged = f.report.Vault, f.report.Head, f.report.Entries, f.report.Documents, len(f.gone)
	if f.history != nil {
		found.Lost = lostIn(f.history)
	}
	found.add("journal", err)
	found.lose(f.report)
	if f.history != nil && len(f.report.Stranded)+len(f.report.LostEntries) > 0 {
		found.Head = engine.Digest{} // of a part
	}
	return found, nil
}

// lose tells what damage hits.
func (i *Inspection) lose(s Salvaged) {
	for _, e := range s.LostEntries {
		what := "lost"
		if e.Action != 0 {
			what = fmt.Sprintf("%s %s: what it says is lost", e.Action, e.Subject)
		}
		i.Faults = append(i.Faults, Fault{Member: "entry " + e.ID.String(), Offset: -1, Cause: what})
	}
	for _, e := range s.Stranded {
		i.Faults = append(i.Faults, Fault{Member: "entry " + e.ID.String(), Offset: -1, Cause: fmt.Sprintf("%s %s: an entry that it follows is lost", e.Action, e.Subject)})
	}
	for _, d := range s.LostDocuments {
		i.Faults = append(i.Faults, Fault{Member: "document " + d.Digest.String(), Offset: -1, Cause: fmt.Sprintf("lost: %s", joined(d.What))})
	}
	for _, run := range s.LostRuns {
		i.Faults = append(i.Faults, Fault{Member: "run " + run.String(), Offset: -1, Cause: "its list of results is lost"})
	}
}

func joined(what []string) string {
	if len(what) > 3 {
		return fmt.Sprintf("%s, %s, and %d others", what[0], what[1], len(what)-2)
	}
	text := ""
	for i, w := range what {
		if i > 0 {
			text += ", "
		}
		text += w
	}
	return text
}
