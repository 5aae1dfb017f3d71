package sign

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
)

// update collects the objects of one more revision.
type update struct {
	file    *file
	objects map[int][]byte
	next    int
}

func newUpdate(f *file) *update {
	return &update{file: f, objects: map[int][]byte{}, next: f.revisions[f.last()].size}
}

// reserve takes the next free object number.
func (u *update) reserve() int {
	u.next++
	return u.next - 1
}

func (u *update) put(number int, o object) { u.putIndirect(&indirect{number: number, value: o}) }

func (u *update) putIndirect(i *indirect) {
	var w bytes.Buffer
	i.write(&w)
	u.objects[i.number] = w.Bytes()
}

// bytes is the file with the new revision at its end, and where each new object's body begins.
// The same update gives the same bytes.
func (u *update) bytes() ([]byte, map[int]int) {
	var w bytes.Buffer
	begins := len(u.file.data)
	if last := u.file.data[begins-1]; last != '\n' && last != '\r' {
		w.WriteByte('\n')
	}
	numbers := make([]int, 0, len(u.objects))
	for n := range u.objects {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	offsets, bodies := map[int]int{}, map[int]int{}
	for _, n := range numbers {
		offsets[n] = begins + w.Len()
		fmt.Fprintf(&w, "%d 0 obj\n", n)
		bodies[n] = begins + w.Len()
		w.Write(u.objects[n])
		w.WriteString("\nendobj\n")
	}
	u.tableAndTrailer(&w, numbers, offsets)
	return bytes.Join([][]byte{u.file.data, w.Bytes()}, nil), bodies
}

func (u *update) tableAndTrailer(w *bytes.Buffer, numbers []int, offsets map[int]int) {
	before := u.file.revisions[u.file.last()]
	sum := sha256.Sum256(w.Bytes())
	table := len(u.file.data) + w.Len()
	w.WriteString("xref\n")
	for len(numbers) > 0 {
		run := 1
		for run < len(numbers) && numbers[run] == numbers[0]+run {
			run++
		}
		fmt.Fprintf(w, "%d %d\n", numbers[0], run)
		for _, n := range numbers[:run] {
			fmt.Fprintf(w, "%010d 00000 n \n", offsets[n])
		}
		numbers = numbers[run:]
	}
	fresh := object{kind: kindString, hex: true, text: string(sum[:16])}
	first := fresh
	if id := before.trailer.get("ID"); id.kind == kindArray && len(id.items) == 2 {
		first = id.items[0]
	}
	w.WriteString("trailer\n")
	before.trailer.with("Size", integer(u.next)).with("Prev", integer(before.table)).with("ID", array(first, fresh)).write(w)
	fmt.Fprintf(w, "\nstartxref\n%d\n%%%%EOF\n", table)
}

// page is a page's object number and dictionary.
type page struct {
	number    int
	value     object
	box       object // its own or inherited MediaBox
	resources object // its own or inherited Resources
}

var errPages = errors.New("the page tree is broken")

// pages lists the file's pages in reading order as they stand in its last revision.
func (f *file) pages() ([]page, error) {
	_, catalog, err := f.catalog(f.last())
	if err != nil {
		return nil, err
	}
	w := pageWalk{file: f, seen: map[int]bool{}}
	err = w.node(catalog.get("Pages"), page{}, 0)
	return w.pages, err
}

type pageWalk struct {
	file  *file
	seen  map[int]bool
	pages []page
}

func (w *pageWalk) node(ref object, inherited page, depth int) error {
	n := int(ref.number)
	if ref.kind != kindRef || w.seen[n] || depth > maxDepth {
		return errPages
	}
	w.seen[n] = true
	v := w.file.resolve(ref, w.file.last())
	if box := v.get("MediaBox"); box.kind != kindNull {
		inherited.box = box
	}
	if r := v.get("Resources"); r.kind != kindNull {
		inherited.resources = r
	}
	switch {
	case v.get("Type").isName("Page"):
		w.pages = append(w.pages, page{n, v, inherited.box, inherited.resources})
		return nil
	case v.get("Type").isName("Pages"):
		for _, kid := range w.file.resolve(v.get("Kids"), w.file.last()).items {
			if err := w.node(kid, inherited, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	return errPages
}
