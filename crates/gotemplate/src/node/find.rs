//! Finds a node by its number: only errors need to, so execution carries nothing but the number.

use super::{Arg, ArgKind, Branch, Command, Id, Node, Pipe, Tree};

/// A node of any kind.
#[derive(Clone, Copy)]
pub enum NodeRef<'a> {
    Node(&'a Node),
    Pipe(&'a Pipe),
    Command(&'a Command),
    Arg(&'a Arg),
}

impl NodeRef<'_> {
    /// Returns the byte offset that Go reports for the node.
    pub fn pos(&self) -> usize {
        match self {
            NodeRef::Node(Node::Action(action)) => action.pos,
            NodeRef::Node(Node::If(b) | Node::With(b) | Node::Range(b)) => b.pipe.pos,
            NodeRef::Node(Node::Template(call)) => call.pos,
            NodeRef::Node(Node::Text(start, _)) => *start,
            NodeRef::Node(Node::Break | Node::Continue) => 0,
            NodeRef::Pipe(pipe) => pipe.pos,
            NodeRef::Command(command) => command.pos,
            NodeRef::Arg(arg) => arg.pos,
        }
    }
}

impl Tree {
    /// Finds a node of this tree.
    pub fn find(&self, id: Id) -> Option<NodeRef<'_>> {
        in_list(&self.root, id)
    }
}

fn in_list(nodes: &[Node], id: Id) -> Option<NodeRef<'_>> {
    nodes.iter().find_map(|node| in_node(node, id))
}

fn in_node(node: &Node, id: Id) -> Option<NodeRef<'_>> {
    match node {
        Node::Action(action) if action.id == id => Some(NodeRef::Node(node)),
        Node::Action(action) => in_pipe(&action.pipe, id),
        Node::If(branch) | Node::With(branch) | Node::Range(branch) => {
            if branch.id == id {
                Some(NodeRef::Node(node))
            } else {
                in_branch(branch, id)
            }
        }
        Node::Template(call) if call.id == id => Some(NodeRef::Node(node)),
        Node::Template(call) => call.pipe.as_ref().and_then(|pipe| in_pipe(pipe, id)),
        Node::Text(..) | Node::Break | Node::Continue => None,
    }
}

fn in_branch(branch: &Branch, id: Id) -> Option<NodeRef<'_>> {
    in_pipe(&branch.pipe, id)
        .or_else(|| in_list(&branch.list, id))
        .or_else(|| branch.else_list.as_ref().and_then(|list| in_list(list, id)))
}

fn in_pipe(pipe: &Pipe, id: Id) -> Option<NodeRef<'_>> {
    if pipe.id == id {
        return Some(NodeRef::Pipe(pipe));
    }
    pipe.commands.iter().find_map(|command| match command.id == id {
        true => Some(NodeRef::Command(command)),
        false => command.args.iter().find_map(|arg| in_arg(arg, id)),
    })
}

fn in_arg(arg: &Arg, id: Id) -> Option<NodeRef<'_>> {
    if arg.id == id {
        return Some(NodeRef::Arg(arg));
    }
    match &arg.kind {
        ArgKind::Pipe(pipe) => in_pipe(pipe, id),
        ArgKind::Chain(inner, _) => in_arg(inner, id),
        _ => None,
    }
}
