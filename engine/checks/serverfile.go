package checks

import (
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
)

// serverFiles are the files of one kind among the evidence that an API server is started
// with, each with the servers that read it.
//
// A file shows how a server is set where a server's flag names it and it is that file: the
// flag's path, through the volume that the container mounts there from its node, is where
// the file lay. Whose file it is has to be told where several servers name one such path:
// a step of its path before that is then the server's node. Any other file is a lead.
type serverFiles[T any] struct {
	all     []engine.Typed[T]
	readers map[engine.Ref][]engine.Ref // the pods of the servers, by file
	doubts  map[engine.Ref]string       // why it is nobody's, by file
}

// serverFilesOf finds those of a kind by the flags that name one.
func serverFilesOf[T any](v *engine.View, of engine.Kind, flags ...string) serverFiles[T] {
	f := serverFiles[T]{all: engine.All[T](v, of), readers: map[engine.Ref][]engine.Ref{}, doubts: map[engine.Ref]string{}}
	nodes := map[string]bool{}
	for _, n := range engine.All[corev1.Node](v, nodeKind) {
		nodes[n.Ref.Name] = true
	}
	times := map[engine.Ref]int{}
	for _, file := range f.all {
		times[file.Ref]++
	}
	servers := components(v)[apiServer]
	for _, file := range f.all {
		lay := strings.ReplaceAll(file.Ref.Name, ":", "/")
		f.doubts[file.Ref] = "no API server that was seen is given a file from there"
		if times[file.Ref] > 1 {
			f.doubts[file.Ref] = "its place holds several, of which a server takes one"
			continue
		}
		for _, k := range servers {
			around, named := namedBy(k, lay, flags)
			switch {
			case !named:
			case len(servers) == 1 && !onOtherNode(around, nodes, k.spec.NodeName), k.spec.NodeName != "" && slices.Contains(around, k.spec.NodeName):
				f.readers[file.Ref] = append(f.readers[file.Ref], k.object.Ref)
			default:
				f.doubts[file.Ref] = "which API server's it is cannot be told: several name a file there, or it lay at another node's"
			}
		}
	}
	return f
}

// namedBy reports whether a flag of a server names the file that lay there, and returns the
// steps of its path before what the flag names.
func namedBy(k component, lay string, flags []string) (around []string, named bool) {
	for _, name := range flags {
		s := k.flag(name, "")
		if s.value == "" || s.given.doubt != "" {
			continue
		}
		host, mounted := k.onNode(s.value)
		if before, is := strings.CutSuffix("/"+lay, host); mounted && is {
			return strings.FieldsFunc(before, func(c rune) bool { return c == '/' }), true
		}
	}
	return nil, false
}

// onNode returns the path on its node of what a container reads at a path, where a volume
// of the node holds it.
func (k component) onNode(name string) (string, bool) {
	mount, volume, in := k.volumeAt(name)
	if !in || volume.HostPath == nil || mount.SubPathExpr != "" {
		return "", false
	}
	return path.Join(volume.HostPath.Path, mount.SubPath, strings.TrimPrefix(path.Clean(name), path.Clean("/"+mount.MountPath))), true
}

// lasts reports whether what a container writes at a path outlives it.
func (k component) lasts(name string) bool {
	_, volume, in := k.volumeAt(name)
	return in && volume.EmptyDir == nil && volume.Ephemeral == nil
}

// volumeAt returns the volume that holds what a container has at a path, and how it is
// mounted; in is whether one does.
func (k component) volumeAt(name string) (mount corev1.VolumeMount, volume corev1.Volume, in bool) {
	if !path.IsAbs(name) {
		return mount, volume, false
	}
	name = path.Clean(name)
	depth := -1
	for _, m := range k.container.VolumeMounts {
		if at := path.Clean("/" + m.MountPath); (name == at || strings.HasPrefix(name, strings.TrimSuffix(at, "/")+"/")) && len(at) > depth {
			mount, depth = m, len(at)
		}
	}
	at := slices.IndexFunc(k.spec.Volumes, func(v corev1.Volume) bool { return v.Name == mount.Name })
	if depth < 0 || at < 0 {
		return mount, volume, false
	}
	return mount, k.spec.Volumes[at], true
}

// onOtherNode reports whether a step is the name of another node than this.
func onOtherNode(steps []string, nodes map[string]bool, own string) bool {
	return slices.ContainsFunc(steps, func(step string) bool { return nodes[step] && step != own })
}

// readBy reports whether a file that a server reads is among the evidence.
func (f serverFiles[T]) readBy(k component) bool {
	for _, file := range f.all {
		if slices.Contains(f.readers[file.Ref], k.object.Ref) {
			return true
		}
	}
	return false
}

// serverFileCheck judges every API server, and beside it the files of a kind that its flags
// name; a server is judged knowing whether its file is among them.
func serverFileCheck[T any](c check, of engine.Kind, flags []string, server func(k component, seen bool) finding, file func(*T) finding) check {
	c.needs, c.looks = componentKinds(), append(serverOnly(), of)
	c.eval = func(v *engine.View) []engine.Detail {
		files := serverFilesOf[T](v, of, flags...)
		return slices.Concat(perComponent(v, func(k component) finding { return server(k, files.readBy(k)) }, apiServer), files.judged(file), hidden(v, of))
	}
	return c
}

// judged are the details of the files: of one that no server is seen to read, that it shows
// nothing by itself.
func (f serverFiles[T]) judged(judge func(*T) finding) []engine.Detail {
	details := []engine.Detail{}
	for _, file := range f.all {
		found := judge(file.Value)
		if len(f.readers[file.Ref]) == 0 {
			found = unknown(found.field, found.value, "The file by itself does not show how a server is set: %s. As it stands: %s", f.doubts[file.Ref], found.sentence)
		}
		details = append(details, found.on(file.Object))
	}
	return details
}
