package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// swapAreas reads from a Linux system's files, root being /, where memory is swapped
// out to: proc(5) for /proc/swaps, proc_pid_mountinfo(5), and sysfs for how block
// devices are stacked. Where swap is off, or this kernel has none, there are none.
func swapAreas(root fs.FS) ([]swapArea, error) {
	text, err := fs.ReadFile(root, "proc/swaps")
	if errors.Is(err, fs.ErrNotExist) {
		if _, mounted := fs.Stat(root, "proc/self"); mounted == nil {
			return nil, nil
		}
	}
	if err != nil {
		return nil, errors.New("/proc/swaps cannot be read")
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	var areas []swapArea
	for _, line := range lines[1:] {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			return nil, fmt.Errorf("%.60q in /proc/swaps", line)
		}
		area := swapArea{name: unescaped(fields[0])}
		s := stack{root: root}
		switch fields[1] {
		case "partition":
			area.secrecy = s.device(area.name)
		case "file":
			area.secrecy = s.file(area.name)
		}
		areas = append(areas, area)
	}
	return areas, nil
}

// stack follows what a device or a file lies on, down to what stores it.
type stack struct {
	root  fs.FS
	depth int
}

// deeper reports whether there is a layer to look at; a circle ends.
func (s *stack) deeper() bool {
	s.depth++
	return s.depth < 32
}

// device judges a device by its path below /dev.
func (s *stack) device(dev string) secrecy {
	name, below := strings.CutPrefix(dev, "/dev/")
	if !below || !s.deeper() {
		return untold
	}
	if mapped, is := strings.CutPrefix(name, "mapper/"); is {
		// The nodes there are links to /dev/dm-N or, without udev, devices.
		all, err := fs.ReadDir(s.root, "sys/class/block")
		if err != nil {
			return untold
		}
		for _, entry := range all {
			if dir := path.Join("sys/class/block", entry.Name()); s.line(dir, "dm/name") == mapped {
				return s.block(dir)
			}
		}
		return untold
	}
	return s.block(path.Join("sys/class/block", strings.ReplaceAll(name, "/", "!")))
}

// block judges a device by its folder in sysfs.
func (s *stack) block(dir string) secrecy {
	if _, err := fs.Stat(s.root, dir); err != nil || !s.deeper() {
		return untold
	}
	switch base := path.Base(dir); {
	case strings.HasPrefix(base, "zram"):
		// It is memory, unless it may write back what it holds.
		if behind := s.line(dir, "backing_dev"); behind != "" && behind != "none" {
			return s.device(behind)
		}
		return concealed
	case enciphered(s.line(dir, "dm/uuid")):
		return concealed
	}
	if file := s.line(dir, "loop/backing_file"); file != "" {
		return s.file(file)
	}
	below, err := fs.ReadDir(s.root, path.Join(dir, "slaves"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return untold
	}
	if len(below) == 0 {
		if s.line(dir, "dm/uuid") != "" || s.line(dir, "dm/name") != "" {
			return untold
		}
		return readable // a disk or a part of one
	}
	judged := concealed
	for _, entry := range below {
		judged = worst(judged, s.block(path.Join(dir, "slaves", entry.Name())))
	}
	return judged
}

// enciphered tells dm-crypt's devices by the identifier that cryptsetup gives them;
// it begins those of its other targets, which hide nothing, with the same word.
func enciphered(uuid string) bool {
	kind, crypt := strings.CutPrefix(uuid, "CRYPT-")
	for _, open := range []string{"VERITY", "INTEGRITY", "SUBDEV"} {
		crypt = crypt && !strings.HasPrefix(kind, open)
	}
	return crypt
}

// file judges a file by the device that its file system lies on.
func (s *stack) file(name string) secrecy {
	text, err := fs.ReadFile(s.root, "proc/self/mountinfo")
	if err != nil || !s.deeper() || !path.IsAbs(name) {
		return untold
	}
	m, found := mountOf(string(text), name)
	switch {
	case !found:
		return untold
	case !strings.HasPrefix(m.device, "0:"):
		return s.block(path.Join("sys/dev/block", m.device))
	case strings.HasPrefix(m.source, "/dev/"):
		return s.device(m.source) // btrfs numbers its devices itself
	}
	return untold
}

func (s *stack) line(dir, name string) string {
	text, err := fs.ReadFile(s.root, path.Join(dir, name))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// mount is one line of mountinfo.
type mount struct {
	device, point, kind, source, options string
}

// mountOf finds the mount that a path lies on: the last of the longest.
func mountOf(mountinfo, name string) (best mount, found bool) {
	for line := range strings.Lines(mountinfo) {
		own, kinds, cut := strings.Cut(strings.TrimSpace(line), " - ")
		left, right := strings.Fields(own), strings.Fields(kinds)
		if !cut || len(left) < 6 || len(right) < 3 {
			continue
		}
		m := mount{device: left[2], point: unescaped(left[4]), kind: right[0], source: unescaped(right[1]), options: right[2]}
		within := name == m.point || strings.HasPrefix(name, strings.TrimSuffix(m.point, "/")+"/")
		if within && len(m.point) >= len(best.point) {
			best, found = m, true
		}
	}
	return best, found
}

// unescaped resolves the octal escapes in which the kernel writes blanks.
func unescaped(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+3 < len(text) {
			if n, err := strconv.ParseUint(text[i+1:i+4], 8, 8); err == nil {
				b.WriteByte(byte(n))
				i += 3
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// darwinSwap reads the kernel's struct xsw_usage (sys/sysctl.h): total, available and
// used bytes, the size of a page, and whether swap is encrypted.
func darwinSwap(usage []byte) ([]swapArea, error) {
	const size, encrypted = 32, 28
	if len(usage) < size {
		return nil, fmt.Errorf("vm.swapusage has %d bytes", len(usage))
	}
	zero := func(b []byte) bool { return strings.Trim(string(b), "\x00") == "" }
	switch {
	case zero(usage[:8]):
		return nil, nil
	case zero(usage[encrypted:size]):
		return []swapArea{{"the system's", readable}}, nil
	}
	return []swapArea{{"the system's", concealed}}, nil
}
