package engine

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Pod is a Pod as analyses and checks read it: what they look at of it. One form for all
// of them, so that it is in memory once.
type Pod struct {
	Metadata struct {
		PodMetadata
		Ownership
		Deleted *string `json:"deletionTimestamp"`
	} `json:"metadata"`
	Spec   PodSpec `json:"spec"`
	Status struct {
		Phase                      corev1.PodPhase    `json:"phase"`
		Conditions                 []Condition        `json:"conditions"`
		InitContainerStatuses      []ContainerContent `json:"initContainerStatuses"`
		ContainerStatuses          []ContainerContent `json:"containerStatuses"`
		EphemeralContainerStatuses []ContainerContent `json:"ephemeralContainerStatuses"`
	} `json:"status"`
}

// PodMetadata is what is looked at of the metadata of pods, or of those that are to be made.
type PodMetadata struct {
	Labels      Labels `json:"labels"`
	Annotations Labels `json:"annotations"`
}

// Ownership says what an object was made by.
type Ownership struct {
	Owners []metav1.OwnerReference `json:"ownerReferences"`
}

// Controller returns the owner that keeps the object, nil where none does.
func (o Ownership) Controller() *metav1.OwnerReference {
	for i := range o.Owners {
		if is := o.Owners[i].Controller; is != nil && *is {
			return &o.Owners[i]
		}
	}
	return nil
}

// Condition is one of a status.
type Condition struct {
	Type   string                 `json:"type"`
	Status corev1.ConditionStatus `json:"status"`
}

// ContainerContent says what a node ran as a container.
type ContainerContent struct {
	Name    string `json:"name"`
	ImageID string `json:"imageID"`
}

// PodTemplateSpec is what pods are made of.
type PodTemplateSpec struct {
	Metadata PodMetadata `json:"metadata"`
	Spec     PodSpec     `json:"spec"`
}

// Controller is a DaemonSet, Deployment, ReplicaSet, ReplicationController, StatefulSet,
// CronJob or Job as analyses and checks read it, as Pod is.
type Controller struct {
	Metadata struct {
		Ownership
		Generation int64 `json:"generation"`
	} `json:"metadata"`
	Spec struct {
		Replicas *int32           `json:"replicas"`
		Suspend  *bool            `json:"suspend"`
		Template *PodTemplateSpec `json:"template"`
		Jobs     struct {
			Spec struct {
				Template *PodTemplateSpec `json:"template"`
			} `json:"spec"`
		} `json:"jobTemplate"` // of a CronJob
	} `json:"spec"`
	Status ControllerStatus `json:"status"`
}

// ControllerStatus is what a controller says of its pods.
type ControllerStatus struct {
	ObservedGeneration int64       `json:"observedGeneration"`
	Replicas           int32       `json:"replicas"`
	ReadyReplicas      int32       `json:"readyReplicas"`
	Wanted             int32       `json:"desiredNumberScheduled"` // of a DaemonSet
	Ready              int32       `json:"numberReady"`            // of a DaemonSet
	Conditions         []Condition `json:"conditions"`
}

// Template returns what its pods are made of, an empty one where it has none.
func (c *Controller) Template() *PodTemplateSpec {
	switch {
	case c.Spec.Template != nil:
		return c.Spec.Template
	case c.Spec.Jobs.Spec.Template != nil:
		return c.Spec.Jobs.Spec.Template
	}
	return &PodTemplateSpec{}
}
