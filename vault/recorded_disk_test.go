package vault

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// sector is what a disk writes whole or not at all, in bytes.
const sector = 512

// recordedDisk is a real disk that writes down everything it is asked for, so that
// what a crash at any moment could have left can be made up afterwards. Only what it
// was told to force is certain to be there.
type recordedDisk struct {
	realDisk
	mu     sync.Mutex
	folder string
	inodes int
	names  map[string]int // as the running program sees them
	events []event
	fault  fault
	dead   bool // the program was killed: the disk hears no more of it
}

// fault makes a step fail: the nth from now on, counted from 0.
type fault struct {
	step  string
	nth   int
	cause error
	kills bool
}

// event is one thing that happened, in the order in which it did.
type event struct {
	kind     happening
	inode    int
	name, to string
	at       int64
	data     []byte
	promise  *promise
}

type happening int

const (
	promised  happening = iota // what must be there from here on
	wrote                      // data at a place
	cut                        // the file's length is at
	forced                     // the file's content
	forgotten                  // the forcing failed: what was written stays in memory, and is never written by later ones
	made                       // name
	renamed                    // name to to
	removed                    // name
	settled                    // the folder's names
)

// image is a folder's content by the names of its files.
type folderImage map[string][]byte

func newRecordedDisk(folder string) *recordedDisk {
	return &recordedDisk{folder: folder, names: map[string]int{}}
}

// put lays files into the folder, as if they had been there for long.
func (d *recordedDisk) put(files folderImage) error {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := os.WriteFile(filepath.Join(d.folder, name), files[name], 0o600); err != nil {
			return err
		}
		inode := d.newInode(name)
		d.record(event{kind: wrote, inode: inode, data: files[name]}, event{kind: forced, inode: inode})
	}
	d.record(event{kind: settled})
	return nil
}

func (d *recordedDisk) record(events ...event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.events = append(d.events, events...)
}

func (d *recordedDisk) newInode(name string) int {
	d.inodes++
	d.names[name] = d.inodes
	d.record(event{kind: made, inode: d.inodes, name: name})
	return d.inodes
}

// fails reports the cause with which a step fails, nil where it does not.
func (d *recordedDisk) fails(step string) error {
	if d.dead {
		return d.fault.cause
	}
	if d.fault.step != step || d.fault.cause == nil {
		return nil
	}
	if d.fault.nth--; d.fault.nth >= 0 {
		return nil
	}
	cause := d.fault.cause
	if d.dead = d.fault.kills; !d.dead {
		d.fault = fault{}
	}
	return cause
}

func (d *recordedDisk) create(path string) (file, error) {
	if err := d.fails("create"); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return &recordedFile{File: f, disk: d, inode: d.newInode(filepath.Base(path))}, nil
}

func (d *recordedDisk) openLog(path string, as access) (logFile, error) {
	name := filepath.Base(path)
	if as == toMake {
		f, err := d.create(path)
		if err != nil {
			return nil, err
		}
		return f.(*recordedFile), nil
	}
	f, err := d.realDisk.openLog(path, as)
	if err != nil {
		return nil, err
	}
	return &recordedFile{File: f.(*os.File), disk: d, inode: d.names[name]}, nil
}

func (d *recordedDisk) rename(from, to string) error {
	if err := d.fails("rename"); err != nil {
		return err
	}
	if err := d.realDisk.rename(from, to); err != nil {
		return err
	}
	from, to = filepath.Base(from), filepath.Base(to)
	inode := d.names[from]
	delete(d.names, from)
	d.names[to] = inode
	d.record(event{kind: renamed, inode: inode, name: from, to: to})
	return nil
}

func (d *recordedDisk) remove(path string) error {
	if err := d.fails("remove"); err != nil {
		return err
	}
	if err := d.realDisk.remove(path); err != nil {
		return err
	}
	name := filepath.Base(path)
	d.record(event{kind: removed, inode: d.names[name], name: name})
	delete(d.names, name)
	return nil
}

func (d *recordedDisk) syncFolder(string) error {
	if err := d.fails("folder"); err != nil {
		return err
	}
	d.record(event{kind: settled})
	return nil
}

// recordedFile is a file of a recorded disk.
type recordedFile struct {
	*os.File
	disk  *recordedDisk
	inode int
	end   int64
}

func (f *recordedFile) Write(b []byte) (int, error) {
	n, err := f.WriteAt(b, f.end)
	f.end += int64(n)
	return n, err
}

// WriteAt writes a part of what it is given before it fails.
func (f *recordedFile) WriteAt(b []byte, at int64) (int, error) {
	before := f.disk.dead
	failure := f.disk.fails("write")
	if before {
		return 0, failure
	}
	if failure != nil {
		b = b[:len(b)*2/3]
	}
	n, err := f.File.WriteAt(b, at)
	f.disk.record(event{kind: wrote, inode: f.inode, at: at, data: bytes.Clone(b[:n])})
	if failure != nil {
		err = failure
	}
	return n, err
}

func (f *recordedFile) Truncate(size int64) error {
	if err := f.disk.fails("truncate"); err != nil {
		return err
	}
	if err := f.File.Truncate(size); err != nil {
		return err
	}
	f.disk.record(event{kind: cut, inode: f.inode, at: size})
	return nil
}

// Sync forces in the record alone. One that fails has the system believe that there
// is nothing left to be written, as Linux does.
func (f *recordedFile) Sync() error {
	if err := f.disk.fails("sync"); err != nil {
		if !f.disk.dead {
			f.disk.record(event{kind: forgotten, inode: f.inode})
		}
		return err
	}
	f.disk.record(event{kind: forced, inode: f.inode})
	return nil
}

// platter is what is on the disk, and what was asked for and may or may not be.
type platter struct {
	files   map[int]*platterFile
	names   map[string]int
	renames []event // made, renamed, removed since the folder was forced
	rng     *rand.Rand
}

type platterFile struct {
	content []byte
	changes []event // wrote and cut, since the file was forced
}

func newPlatter(rng *rand.Rand) *platter {
	return &platter{files: map[int]*platterFile{}, names: map[string]int{}, rng: rng}
}

func (p *platter) apply(e event) {
	switch e.kind {
	case promised:
	case wrote, cut:
		p.files[e.inode].changes = append(p.files[e.inode].changes, e)
	case forced:
		f := p.files[e.inode]
		f.content, f.changes = f.after(all, new(int)), nil
	case forgotten:
		f := p.files[e.inode]
		f.content, f.changes = f.after(func(int) bool { return p.rng.IntN(2) == 0 }, new(int)), nil
	case made, renamed, removed:
		if e.kind == made {
			p.files[e.inode] = &platterFile{}
		}
		p.renames = append(p.renames, e)
	case settled:
		p.names, p.renames = p.namesAfter(all, new(int)), nil
	}
}

// reaches says of each piece that is in doubt whether it reached the disk.
type reaches func(piece int) bool

func all(int) bool { return true }

// after is the file's content when some of the changes reached the disk. Pieces are
// counted on: of a write, its length and each of its sectors.
func (f *platterFile) after(reached reaches, piece *int) []byte {
	content := bytes.Clone(f.content)
	next := func() bool { *piece++; return reached(*piece - 1) }
	for _, change := range f.changes {
		if change.kind == cut {
			if next() {
				content = resized(content, change.at)
			}
			continue
		}
		if end := change.at + int64(len(change.data)); next() && end > int64(len(content)) {
			content = resized(content, end)
		}
		for at, data := change.at, change.data; len(data) > 0; {
			n := min(sector-at%sector, int64(len(data)))
			if next() {
				content = resized(content, max(at+n, int64(len(content))))
				copy(content[at:], data[:n])
			}
			at, data = at+n, data[n:]
		}
	}
	return content
}

func resized(content []byte, size int64) []byte {
	if size <= int64(len(content)) {
		return content[:size]
	}
	return append(content, make([]byte, size-int64(len(content)))...)
}

// namesAfter is the folder when some of its changes reached the disk. A rename is
// two pieces: that the new name is there, and then that the old one is gone.
func (p *platter) namesAfter(reached reaches, piece *int) map[string]int {
	names := maps.Clone(p.names)
	next := func() bool { *piece++; return reached(*piece - 1) }
	drop := func(name string, inode int) {
		if names[name] == inode {
			delete(names, name)
		}
	}
	for _, change := range p.renames {
		did := next()
		switch change.kind {
		case made:
			if did {
				names[change.name] = change.inode
			}
		case renamed:
			if did {
				names[change.to] = change.inode
			}
			if gone := next(); did && gone {
				drop(change.name, change.inode)
			}
		case removed:
			if did {
				drop(change.name, change.inode)
			}
		case promised, wrote, cut, forced, forgotten, settled: // nothing of names
		}
	}
	return names
}

// left is what a crash leaves when some of what is in doubt reached the disk.
func (p *platter) left(reached reaches) (files folderImage, pieces int) {
	names := p.namesAfter(reached, &pieces)
	contents := map[int][]byte{}
	for _, inode := range slices.Sorted(maps.Keys(p.files)) {
		contents[inode] = p.files[inode].after(reached, &pieces)
	}
	files = folderImage{}
	for name, inode := range names {
		files[name] = contents[inode]
	}
	return files, pieces
}

// crashes are n of the states in which a crash can leave the disk now: all of them
// where they are few.
func (p *platter) crashes(n int) []folderImage {
	_, pieces := p.left(all)
	if pieces < 31 && 1<<pieces <= n {
		every := make([]folderImage, 1<<pieces)
		for bits := range every {
			every[bits], _ = p.left(func(piece int) bool { return bits>>piece&1 == 1 })
		}
		return every
	}
	some := make([]folderImage, n)
	for i := range some {
		some[i], _ = p.left(p.choice(i, pieces))
		if p.rng.IntN(3) == 0 {
			p.tear(some[i])
		}
	}
	return some
}

// choice is one way in which pieces reach the disk: everything and nothing first,
// then up to one of them, all but one, and any.
func (p *platter) choice(i, pieces int) reaches {
	chosen := make([]bool, pieces)
	end, likely := p.rng.IntN(pieces+1), p.rng.Float64()
	for piece := range chosen {
		switch {
		case i < 2:
			chosen[piece] = i == 0
		case i%3 == 0:
			chosen[piece] = piece < end
		case i%3 == 1:
			chosen[piece] = piece != end
		default:
			chosen[piece] = p.rng.Float64() < likely
		}
	}
	return func(piece int) bool { return chosen[piece] }
}

// tear cuts a file in the middle of what was being written to it.
func (p *platter) tear(files folderImage) {
	for name, inode := range p.names {
		content, durable := files[name], int64(len(p.files[inode].content))
		if len(p.files[inode].changes) > 0 && int64(len(content)) > durable {
			files[name] = content[:durable+p.rng.Int64N(int64(len(content))-durable)]
			return
		}
	}
}
