package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tickmark/engine/checks"
	"tickmark/engine/kube"
	"tickmark/engine/policy"
	"tickmark/engine/sheet"
	"tickmark/questionnaires/pci"
)

// maxPolicyFiles bounds what is read of folders of policies.
const maxPolicyFiles = 5000

// readOwn reads the checks of the organisation's own that a person named, and what they
// are told.
func (d *door) readOwn(c *chosen) error {
	if len(c.policies) == 0 {
		if len(c.params) > 0 {
			return usagef("--param: name the policies with --policies")
		}
		return nil
	}
	policies, err := d.policies(c.policies)
	if err != nil {
		return err
	}
	c.own = nil
	for _, p := range policies {
		c.own = append(c.own, p.Check)
	}
	c.values, err = paramsFor(policies, c.params)
	return err
}

// paramsFor reads `POLICY.NAME=VALUE`.
func paramsFor(policies []policy.Policy, given []string) (map[string]map[string]string, error) {
	var values map[string]map[string]string
	for _, text := range given {
		name, value, is := strings.Cut(text, "=")
		at := strings.LastIndexByte(name, '.')
		if !is || at < 1 {
			return nil, usagef("--param %q: want POLICY.NAME=VALUE", text)
		}
		id := "custom/" + strings.TrimPrefix(name[:at], "custom/")
		i := slices.IndexFunc(policies, func(p policy.Policy) bool { return p.Check.ID == id })
		if i < 0 {
			return nil, usagef("--param %q: there is no policy %s", text, id)
		}
		if err := policies[i].Takes(map[string]string{name[at+1:]: value}); err != nil {
			return nil, usagef("--param %q: %w", text, err)
		}
		if values == nil {
			values = map[string]map[string]string{}
		}
		if values[id] == nil {
			values[id] = map[string]string{}
		}
		values[id][name[at+1:]] = value
	}
	return values, nil
}

// policies reads and compiles the policies of files and folders.
func (d *door) policies(paths []string) ([]policy.Policy, error) {
	var files []policy.File
	for _, path := range paths {
		read, err := d.policyFiles(path)
		if err != nil {
			return nil, fmt.Errorf("read policies: %w", err)
		}
		files = append(files, read...)
	}
	catalogue, err := pci.Catalogue()
	if err != nil {
		return nil, err
	}
	world := policy.World{Areas: checks.Areas(), Informs: catalogue.ReadInforms}
	for _, r := range kube.Resources() {
		world.Resources = append(world.Resources, policy.Resource(r))
	}
	policies, err := policy.Read(files, world)
	var wrong sheet.Errors
	if errors.As(err, &wrong) {
		return nil, withHint(fmt.Errorf("read policies: %w", wrong), "`tickmark policy test "+strings.Join(paths, " ")+"` lists all that is wrong")
	}
	return policies, err
}

// policyFiles reads a file or all YAML and JSON of a folder, in the order of names.
func (d *door) policyFiles(path string) ([]policy.File, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		name, text, err := d.readFile(path)
		return []policy.File{{Name: filepath.ToSlash(name), Text: text}}, err
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, withoutProgram(err)
	}
	defer root.Close()
	var files []policy.File
	err = fs.WalkDir(root.FS(), ".", func(below string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !entry.Type().IsRegular() || !isSheet(entry.Name()):
			return nil
		case len(files) == maxPolicyFiles:
			return fmt.Errorf("%s holds more than %d files", path, maxPolicyFiles)
		}
		text, err := readInRoot(root, below)
		files = append(files, policy.File{Name: filepath.ToSlash(filepath.Join(path, below)), Text: text})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, withoutProgram(err))
	}
	return files, nil
}

// readInRoot reads a file of a folder, and no more of it than a policy may have.
func readInRoot(root *os.Root, name string) ([]byte, error) {
	info, err := root.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Size() > sheet.MaxSize {
		return make([]byte, sheet.MaxSize+1), nil // too large: said when it is read
	}
	return root.ReadFile(name)
}
