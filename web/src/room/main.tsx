import { mount } from "../ui/mount";
import { RoomPage } from "./RoomPage";

mount(<RoomPage />);
