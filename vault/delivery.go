package vault

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// Bounds of a delivery. A batch of its files is saved at once.
const (
	maxDelivered  = 4 << 30 // of one file, in bytes
	maxDelivery   = 100_000 // files
	maxBatchFiles = 100
	maxBatchBytes = 64 << 20
)

// Delivery is a folder of what a client sent, to be received for the requests of an
// assessment.
type Delivery struct {
	Folder     *os.Root
	Assessment *questionnaires.Assessment
	Obtained   questionnaires.Obtained // how its files came to be
	Progress   func(DeliveryState)     // nil if nobody wants to know
}

// DeliveryState is how far a delivery is. A byte of a file that is taken in is read
// twice, for its digest and to be kept, and counts as a half each time.
type DeliveryState struct {
	File       string // that is read now
	Seen, All  int    // files that name requests
	Done, Size int64  // of their bytes
}

// Delivered says what became of every file of a delivery.
type Delivered struct {
	Taken     []DeliveredFile `json:"taken"`
	Linked    []DeliveredFile `json:"linked"`  // was there for other requests
	Already   []DeliveredFile `json:"already"` // was there for all of them
	Unmatched []string        `json:"unmatched"`
	Refused   []RefusedFile   `json:"refused"`
}

// DeliveredFile is a file that is evidence now, and the requests that it came for.
type DeliveredFile struct {
	File     string   `json:"file"`
	Evidence string   `json:"evidence"`
	Requests []string `json:"requests"`
	// Quarantined says what was found in it that must not be kept as it is; "" for nothing.
	Quarantined string `json:"quarantined,omitempty"`
}

// RefusedFile is a file that stays where it is, and why.
type RefusedFile struct {
	File   string `json:"file"`
	Reason string `json:"reason"`
}

// Attention reports whether something of the delivery has to be looked at.
func (d Delivered) Attention() bool {
	return len(d.Unmatched)+len(d.Refused) > 0 || slices.ContainsFunc(d.Taken, func(f DeliveredFile) bool { return f.Quarantined != "" })
}

// String counts what became of the files.
func (d Delivered) String() string {
	return fmt.Sprintf("%d taken in, %d there already, %d match no request, %d refused",
		len(d.Taken), len(d.Already)+len(d.Linked), len(d.Unmatched), len(d.Refused))
}

// Receive takes the files of a folder in as evidence, byte for byte, and receives each
// for the requests whose numbers its name or its folders have. What it refuses, or finds
// no request for, keeps nothing else from being taken in. Where it ends early, it says
// what it did until then; given the same folder again it goes on from there, since what
// was received for its requests is not taken in twice.
func (v *Vault) Receive(ctx context.Context, d Delivery) (Delivered, error) {
	r := &receiving{vault: v, Delivery: d, outcome: Delivered{
		Taken: []DeliveredFile{}, Linked: []DeliveredFile{}, Already: []DeliveredFile{}, Unmatched: []string{}, Refused: []RefusedFile{},
	}}
	r.hold()
	files, err := r.look(ctx)
	for _, f := range files {
		if err == nil {
			err = r.take(ctx, f)
		}
	}
	if err == nil {
		err = r.save(ctx)
	}
	return r.outcome, err
}

// receiving is a delivery under way.
type receiving struct {
	Delivery
	vault   *Vault
	held    map[engine.Digest][]heldFile
	batch   []arrival
	size    int64 // of the batch, in bytes
	at      DeliveryState
	halves  int64 // bytes read, of which each is to be read twice
	outcome Delivered
}

// arrival is a file of the folder that names requests.
type arrival struct {
	path   string
	info   fs.FileInfo
	comes  []questionnaires.Request
	digest engine.Digest
}

// heldFile is evidence that was received, and the requests it was received for.
type heldFile struct {
	id  questionnaires.ID
	tag string // its label
	of  map[questionnaires.ID]bool
}

func newHeld(item questionnaires.Evidence, comes []questionnaires.Request) heldFile {
	h := heldFile{id: item.ID, tag: item.Label(), of: map[questionnaires.ID]bool{}}
	for _, r := range comes {
		h.of[r.ID] = true
	}
	return h
}

// hold notes what was received before.
func (d *receiving) hold() {
	d.held = map[engine.Digest][]heldFile{}
	known := map[questionnaires.ID]heldFile{}
	for _, r := range d.Assessment.Requests() {
		for _, id := range r.Evidence {
			item, there := d.Assessment.Evidence(id)
			if !there || item.Expunged != nil {
				continue
			}
			h, before := known[id]
			if !before {
				h = newHeld(item, nil)
				known[id] = h
				d.held[item.Digest()] = append(d.held[item.Digest()], h)
			}
			h.of[r.ID] = true
		}
	}
}

// refuse says why a file stays where it is.
func (d *receiving) refuse(path, reason string) {
	d.outcome.Refused = append(d.outcome.Refused, RefusedFile{path, reason})
}

// look walks the folder and returns what names requests, in the order of the requests,
// so that the evidence is numbered as it was asked for.
func (d *receiving) look(ctx context.Context) ([]arrival, error) {
	var files []arrival
	seen := 0
	err := fs.WalkDir(d.Folder.FS(), ".", func(path string, entry fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			d.refuse(path, withoutPath(err).Error())
			return nil
		}
		if entry.IsDir() {
			return nil
		}
		if seen++; seen > maxDelivery {
			return fmt.Errorf("import: more than %d files; import its folders one by one", maxDelivery)
		}
		if f, takes := d.lookAt(path, entry); takes {
			d.at.All++
			d.at.Size += f.info.Size()
			files = append(files, f)
		}
		return nil
	})
	slices.SortStableFunc(files, func(x, y arrival) int { return x.comes[0].Number - y.comes[0].Number })
	return files, err
}

// lookAt decides on one file by its name and kind.
func (d *receiving) lookAt(path string, entry fs.DirEntry) (arrival, bool) {
	info, err := entry.Info()
	name := entry.Name()
	switch {
	case err != nil:
		d.refuse(path, withoutPath(err).Error())
	case info.Mode()&fs.ModeSymlink != 0:
		d.refuse(path, "it is a symbolic link")
	case !info.Mode().IsRegular():
		d.refuse(path, "it is no regular file")
	case name == ".DS_Store" || name == "Thumbs.db" || name == "desktop.ini" || strings.HasPrefix(name, "~$"):
		d.refuse(path, "a program left it there; it is no evidence")
	case strings.ContainsAny(name, "\n\t\u2028\u2029"):
		d.refuse(path, "read file name: it is of one line")
	case info.Size() > maxDelivered:
		d.refuse(path, fmt.Sprintf("%d bytes, at most %d are taken in at once; `tickmark attach` takes longer files, and `tickmark request VAULT receive` notes what they came for",
			info.Size(), int64(maxDelivered)))
	default:
		if err := questionnaires.CheckText("file name", name, maxName); err != nil {
			d.refuse(path, err.Error())
			return arrival{}, false
		}
		named := d.Assessment.RequestsNamed(path)
		for _, unknown := range named.Unknown {
			if len(named.For) > 0 {
				unknown += "; it is taken in for " + strings.Join(labelsOf(named.For), ", ")
			}
			d.refuse(path, unknown)
		}
		if len(named.For) == 0 && len(named.Unknown) == 0 {
			d.outcome.Unmatched = append(d.outcome.Unmatched, path)
		}
		return arrival{path: path, info: info, comes: named.For}, len(named.For) > 0
	}
	return arrival{}, false
}

// take reads a file once for its digest, and puts it into the batch unless it was
// received before.
func (d *receiving) take(ctx context.Context, f arrival) error {
	d.at.Seen++
	sum := sha256.New()
	err := d.read(ctx, f, func(r io.Reader) error {
		_, err := io.Copy(sum, io.LimitReader(r, maxDelivered+1))
		return err
	})
	d.halves += f.info.Size()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		d.halves += f.info.Size()
		d.refuse(f.path, withoutPath(err).Error())
		return nil
	}
	f.digest = engine.Digest(sum.Sum(nil))
	if t, gone := d.Assessment.History().Tombstone(f.digest); gone {
		d.halves += f.info.Size()
		d.refuse(f.path, "it was "+t.String())
		return nil
	}
	for _, other := range d.batch {
		if other.digest == f.digest {
			if err := d.save(ctx); err != nil {
				return err
			}
			break
		}
	}
	if held, is := d.find(f); is {
		d.halves += f.info.Size()
		return d.link(ctx, f, held)
	}
	d.batch, d.size = append(d.batch, f), d.size+f.info.Size()
	if len(d.batch) >= maxBatchFiles || d.size >= maxBatchBytes {
		return d.save(ctx)
	}
	return nil
}

// find returns what was received with the same bytes for one of the file's requests.
func (d *receiving) find(f arrival) (heldFile, bool) {
	for _, h := range d.held[f.digest] {
		for _, r := range f.comes {
			if h.of[r.ID] {
				return h, true
			}
		}
	}
	return heldFile{}, false
}

// link receives evidence that is there for those of a file's requests that lack it.
func (d *receiving) link(ctx context.Context, f arrival, held heldFile) error {
	var drafts []questionnaires.Draft
	var labels []string
	for _, r := range f.comes {
		if !held.of[r.ID] {
			drafts, labels = append(drafts, d.Assessment.Delivery(r, held.id)), append(labels, r.Label())
		}
	}
	if len(drafts) == 0 {
		d.outcome.Already = append(d.outcome.Already, DeliveredFile{File: f.path, Evidence: held.tag, Requests: labelsOf(f.comes)})
		return nil
	}
	if _, err := d.vault.Append(ctx, drafts...); err != nil {
		return err
	}
	for _, r := range f.comes {
		held.of[r.ID] = true
	}
	d.outcome.Linked = append(d.outcome.Linked, DeliveredFile{File: f.path, Evidence: held.tag, Requests: labels})
	return nil
}

// save takes the batch in. If that fails for one of its files, the others are taken in
// all the same.
func (d *receiving) save(ctx context.Context) error {
	batch, before := d.batch, d.halves
	d.batch, d.size = nil, 0
	if len(batch) == 0 {
		return nil
	}
	err := d.put(ctx, batch)
	switch {
	case err == nil || ctx.Err() != nil:
		return err
	case len(batch) == 1:
		if errors.Is(err, ErrReadOnly) || errors.Is(err, ErrNotEnrolled) || errors.Is(err, ErrPoisoned) || errors.Is(err, ErrClosed) {
			return err
		}
		d.refuse(batch[0].path, err.Error())
		return nil
	}
	d.halves = before
	for _, f := range batch {
		d.batch = []arrival{f}
		if err := d.save(ctx); err != nil {
			return err
		}
	}
	return nil
}

// put takes files in and receives them, by one save.
func (d *receiving) put(ctx context.Context, batch []arrival) error {
	files := make([]File, len(batch))
	for n, f := range batch {
		files[n] = File{
			Name: f.path, Open: func() (io.ReadCloser, error) { return d.open(ctx, f) },
			Item: questionnaires.Evidence{
				Requirements: questionnaires.RequirementsOf(f.comes), File: &questionnaires.FileSource{Obtained: d.Obtained},
			},
		}
	}
	items, err := d.vault.PutFiles(ctx, files, func(items []questionnaires.Evidence) []questionnaires.Draft {
		var order []questionnaires.Request
		of := map[questionnaires.ID][]questionnaires.ID{}
		for n, f := range batch {
			for _, r := range f.comes {
				if of[r.ID] == nil {
					order = append(order, r)
				}
				of[r.ID] = append(of[r.ID], items[n].ID)
			}
		}
		drafts := make([]questionnaires.Draft, len(order))
		for n, r := range order {
			drafts[n] = d.Assessment.Delivery(r, of[r.ID]...)
		}
		return drafts
	})
	if err != nil {
		return err
	}
	for n, f := range batch {
		h, digest := newHeld(items[n], f.comes), items[n].Digest()
		d.held[digest] = append(d.held[digest], h)
		d.outcome.Taken = append(d.outcome.Taken, delivered(f.path, items[n], labelsOf(f.comes)))
	}
	return nil
}

func delivered(path string, item questionnaires.Evidence, requests []string) DeliveredFile {
	f := DeliveredFile{File: path, Evidence: item.Label(), Requests: requests}
	if item.Quarantined() {
		f.Quarantined = item.SearchWords()
	}
	return f
}

func labelsOf(requests []questionnaires.Request) []string {
	labels := make([]string, len(requests))
	for n, r := range requests {
		labels[n] = r.Label()
	}
	return labels
}

// open opens a file as it was seen: no link, no other file in its place.
func (d *receiving) open(ctx context.Context, f arrival) (io.ReadCloser, error) {
	file, err := d.Folder.Open(f.path)
	if err != nil {
		return nil, withoutPath(err)
	}
	info, err := file.Stat()
	if err == nil && (!info.Mode().IsRegular() || !os.SameFile(info, f.info)) {
		err = errors.New("another file was put in its place")
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	d.at.File = f.path
	return &arriving{file: file, ctx: ctx, tell: func(n int) {
		d.halves += int64(n)
		d.tell()
	}}, nil
}

// tell says how far the delivery is.
func (d *receiving) tell() {
	if d.Progress == nil {
		return
	}
	at := d.at
	at.Done = min(d.halves/2, at.Size)
	d.Progress(at)
}

// read opens a file, hands it on and closes it.
func (d *receiving) read(ctx context.Context, f arrival, use func(io.Reader) error) error {
	before := d.halves
	defer func() { d.halves = before }()
	file, err := d.open(ctx, f)
	if err != nil {
		return err
	}
	return errors.Join(use(file), file.Close())
}

// arriving is a file that is read until its context ends, and tells how much was.
type arriving struct {
	file *os.File
	ctx  context.Context // of the reading: io.Reader takes none
	tell func(n int)
}

// Read follows io.Reader.
func (a *arriving) Read(p []byte) (int, error) {
	if err := a.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := a.file.Read(p)
	a.tell(n)
	return n, err
}

// Close follows io.Closer.
func (a *arriving) Close() error { return a.file.Close() }
