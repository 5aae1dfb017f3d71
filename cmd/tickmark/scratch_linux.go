package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

const scratchPrefix = "tickmark-edit-"

// newScratch makes a folder in memory: below $XDG_RUNTIME_DIR or in /dev/shm, checked
// to be on a tmpfs or ramfs, 0700. What a killed process left there is removed.
func newScratch(getenv func(string) string) (*scratch, error) {
	var wrong []error
	for _, parent := range []string{getenv("XDG_RUNTIME_DIR"), fmt.Sprintf("/run/user/%d", os.Geteuid()), "/dev/shm"} {
		if !filepath.IsAbs(parent) {
			continue
		}
		s, err := scratchIn(parent)
		if err == nil {
			return s, nil
		}
		wrong = append(wrong, err)
	}
	return nil, fmt.Errorf("no folder in memory was found: %w", errors.Join(wrong...))
}

func scratchIn(parent string) (*scratch, error) {
	if !inMemory(parent) {
		return nil, fmt.Errorf("%s is not in memory", parent)
	}
	sweep(parent)
	path, err := os.MkdirTemp(parent, scratchPrefix+"*")
	if err != nil {
		return nil, err
	}
	s, err := hold(path)
	if err == nil && !inMemory(path) {
		err = fmt.Errorf("%s is not in memory", path)
	}
	if err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	if mounts, err := os.ReadFile("/proc/self/mountinfo"); err == nil {
		m, _ := mountOf(string(mounts), path)
		s.pinned = m.kind == "ramfs" || strings.Contains(","+m.options+",", ",noswap,")
	}
	return s, nil
}

// hold opens a folder that is this user's alone and takes its lock: whose holder is
// dead is swept away.
func hold(path string) (*scratch, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	s := &scratch{path: path, lock: os.NewFile(uintptr(fd), path)}
	var info unix.Stat_t
	switch err = unix.Fstat(fd, &info); {
	case err != nil:
	case int(info.Uid) != os.Geteuid() || info.Mode&0o777 != 0o700:
		err = errors.New("it is not this user's alone")
	default:
		err = unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), s.lock.Close())
	}
	return s, nil
}

// sweep removes what processes that were killed left behind.
func sweep(parent string) {
	left, err := filepath.Glob(filepath.Join(parent, scratchPrefix+"*"))
	if err != nil {
		return
	}
	for _, path := range left {
		if s, err := hold(path); err == nil {
			_ = s.wipe()
		}
	}
}

func inMemory(path string) bool {
	var system unix.Statfs_t
	if unix.Statfs(path, &system) != nil {
		return false
	}
	return int64(system.Type) == unix.TMPFS_MAGIC || int64(system.Type) == unix.RAMFS_MAGIC
}
