package checks

import "tickmark/engine"

// Check root-filesystems-read-only.
//
// Passes for a container, init and ephemeral ones included, whose own root file
// system is read only, so that what runs is what the image holds; fails where
// readOnlyRootFilesystem is false or left out, which is the same. Volumes that are
// written to are another matter. NotApplicable on Windows, which cannot do it.
func rootFilesystemsReadOnly() check {
	return check{id: "root-filesystems-read-only", version: 2, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
		return perContainer(v, judgeRootFilesystem)
	}}
}

func judgeRootFilesystem(w workload, c container) finding {
	field := c.at("securityContext.readOnlyRootFilesystem")
	var readOnly *bool
	if c.SecurityContext != nil {
		readOnly = c.SecurityContext.ReadOnlyRootFilesystem
	}
	switch {
	case w.windows():
		return notApplicable(field, nil, "Container %s runs on Windows, where no root file system is read only", c.Name)
	case readOnly == nil:
		return fails(field, nil, "Container %s can write to its root file system: readOnlyRootFilesystem is left out", c.Name)
	case !*readOnly:
		return fails(field, false, "Container %s can write to its root file system: readOnlyRootFilesystem is false", c.Name)
	}
	return passes(field, true, "Container %s cannot write to its root file system", c.Name)
}
